import type { Json, JsonObject } from '../../contracts/json.ts';
import { hashJson, hashText } from '../../contracts/hash.ts';
import { inputsText, plain, SHINGLE, words } from './text.ts';

/**
 * Keys of a conversation for the ledger of looks, by content alone: one for each row of five words or
 * more, so that an added row resets nothing; one for all rows together where every row is shorter.
 * Case, white space and the names of conversation, dataset and project do not matter.
 */
export function contentKeys(rows: readonly JsonObject[]): string[] {
  const long = rows.filter((inputs) => words(inputsText(inputs)).length >= SHINGLE);
  const keys = long.length > 0 ? long.map(rowKey) : [hashText(rows.map(rowKey).sort().join(' '))];
  return [...new Set(keys)].sort();
}

function rowKey(inputs: JsonObject): string {
  return hashJson(normalised(inputs));
}

function normalised(value: Json): Json {
  if (typeof value === 'string') return plain(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(normalised);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalised(item)]));
}
