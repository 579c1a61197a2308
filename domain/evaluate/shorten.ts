import type { Json, JsonObject } from '../../contracts/json.ts';

/** The text, or its first `limit` characters with a mark that says how many were left out. */
export function shortenText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // A surrogate pair is not cut in two: half of one is no text.
  const end = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '') ? limit - 1 : limit;
  return `${text.slice(0, end)} [... ${text.length - end} more characters]`;
}

/** The value with each text in it cut to `limit` characters; keys, numbers and structure stay. */
export function shortenTexts(value: Json, limit: number): Json {
  if (typeof value === 'string') return shortenText(value, limit);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => shortenTexts(item as Json, limit));
  return shortenFields(value as JsonObject, limit);
}

/** As `shortenTexts`, for an object. */
export function shortenFields(fields: JsonObject, limit: number): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, shortenTexts(item, limit)]),
  );
}
