import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import { exactly } from '../../contracts/read-json.ts';

/** A value that cannot be kept; `reason` is for the sender. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly kind = 'invalid';
  readonly retryable = false;
}

/** What reading the attributes of one span has met so far. */
export type Reading = { characters: number; readonly remarks: string[] };

export const DEEPEST = 64;
/** Longest text that is kept whole, in characters. */
export const LONGEST_TEXT = 1_000_000;
/** Most characters of a span's attributes, events and links together. */
export const LARGEST_SPAN = 16_000_000;

/** The attributes of an OTLP KeyValue list; of a key given twice the last value. @throws ValueError */
export function attributesOf(list: unknown, reading: Reading): JsonObject {
  if (list === undefined || list === null) return {};
  if (!Array.isArray(list)) throw new ValueError('`attributes` is not a list');
  return objectOf(list, { reading, depth: 0, at: '' });
}

type Place = { readonly reading: Reading; readonly depth: number; readonly at: string };

function objectOf(list: readonly unknown[], place: Place): JsonObject {
  return Object.fromEntries(
    list.map((pair) => {
      const key = isRecord(pair) ? (pair['key'] ?? '') : null;
      if (typeof key !== 'string')
        throw new ValueError(`an attribute${under(place.at)} is no pair of key and value`);
      const at = place.at === '' ? key : place.at;
      place.reading.characters += key.length;
      return [key, valueOf((pair as { readonly value?: unknown }).value, { ...place, at })];
    }),
  );
}

/** An OTLP AnyValue as plain JSON: whole numbers beyond 2^53 as text, bytes as base64, no value as null. */
function valueOf(value: unknown, place: Place): Json {
  const { reading, depth, at } = place;
  if (depth > DEEPEST)
    throw new ValueError(`the value of \`${shown(at)}\` is nested deeper than ${DEEPEST} levels`);
  if (!isRecord(value)) return null;
  const inner: Place = { ...place, depth: depth + 1 };
  if (typeof value['stringValue'] === 'string') return textOf(value['stringValue'], place);
  if (typeof value['bytesValue'] === 'string') return textOf(value['bytesValue'], place);
  if (typeof value['boolValue'] === 'boolean') return value['boolValue'];
  if (value['intValue'] !== undefined && value['intValue'] !== null)
    return integerOf(value['intValue'], at);
  if (value['doubleValue'] !== undefined && value['doubleValue'] !== null)
    return doubleOf(value['doubleValue'], at);
  reading.characters += 2;
  if (isRecord(value['arrayValue']))
    return listOf(value['arrayValue']).map((item) => valueOf(item, inner));
  if (isRecord(value['kvlistValue'])) return objectOf(listOf(value['kvlistValue']), inner);
  return null;
}

const listOf = (holder: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(holder['values']) ? holder['values'] : [];

function textOf(text: string, { reading, at }: Place): string {
  const cut = text.length > LONGEST_TEXT;
  reading.characters += Math.min(text.length, LONGEST_TEXT);
  if (reading.characters > LARGEST_SPAN)
    throw new ValueError(`its attributes hold more than ${LARGEST_SPAN / 1e6} million characters`);
  if (!cut) return text;
  reading.remarks.push(
    `the value of \`${shown(at)}\` was cut from ${text.length} to ${LONGEST_TEXT} characters`,
  );
  return text.slice(0, LONGEST_TEXT);
}

function integerOf(given: unknown, at: string): Json {
  const text =
    typeof given === 'number' ? String(given) : JSON.stringify(given).replaceAll('"', '');
  if (!/^-?\d{1,20}$/.test(text))
    throw new ValueError(`the value of \`${shown(at)}\` is no whole number`);
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** JSON knows no NaN and no infinity: they are texts, there as here. */
function doubleOf(given: unknown, at: string): Json {
  if (typeof given === 'number') return Number.isFinite(given) ? given : String(given);
  if (
    typeof given !== 'string' ||
    given === '' ||
    Number.isNaN(Number(given)) !== (given === 'NaN')
  )
    throw new ValueError(`the value of \`${shown(at)}\` is no number`);
  return exactly(given);
}

const under = (at: string): string => (at === '' ? '' : ` under \`${shown(at)}\``);
const shown = (key: string): string => key.slice(0, 100);
