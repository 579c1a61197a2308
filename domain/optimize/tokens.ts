import type { Json } from '../../contracts/json.ts';
import type { ReflectiveRecord } from './render.ts';
import { renderRecords } from './render.ts';

/** Characters taken for one token where no tokenizer is known. */
export const CHARACTERS_PER_TOKEN = 4;

export const estimateTokens = (text: string): number =>
  Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/**
 * Records cut to a token budget: all fields longer than a common length are cut to it, so the largest lose first and
 * all lose evenly; each cut is marked. Records that do not fit even so are left out from the end.
 */
export function fitRecords(
  records: readonly ReflectiveRecord[],
  budget: number,
): readonly ReflectiveRecord[] {
  const fits = (some: readonly ReflectiveRecord[]): boolean =>
    estimateTokens(renderRecords(some)) <= budget;
  if (fits(records)) return records;
  for (let kept = records.length; kept > 0; kept--) {
    const some = records.slice(0, kept);
    if (!fits(cutTo(some, 0))) continue;
    return cutTo(some, longestThatFits(some, fits));
  }
  return [];
}

type Fits = (records: readonly ReflectiveRecord[]) => boolean;

function longestThatFits(records: readonly ReflectiveRecord[], fits: Fits): number {
  let low = 0;
  let high = Math.max(...records.flatMap((record) => leaves(record)).map((text) => text.length));
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(cutTo(records, middle))) low = middle;
    else high = middle;
  }
  return low;
}

const cutTo = (records: readonly ReflectiveRecord[], length: number): readonly ReflectiveRecord[] =>
  records.map((record) => cutFields(record, length));

const cutFields = (record: ReflectiveRecord, length: number): ReflectiveRecord =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, cut(value, length)]));

function cut(value: Json, length: number): Json {
  if (typeof value === 'string') return cutText(value, length);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((item) => cut(item, length));
  return cutFields(value, length);
}

function cutText(text: string, length: number): string {
  const mark = ` [cut: ${text.length - length} more characters]`;
  if (text.length <= length + mark.length) return text;
  // A cut between the halves of a surrogate pair would leave half a character.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return `${text.slice(0, end)}${mark}`;
}

function leaves(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return (isList(value) ? value : Object.values(value)).flatMap((item) => leaves(item));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
