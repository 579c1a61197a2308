import { canonical } from '../../contracts/canonical.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON that holds no angle bracket and no line separator, so that no content can close or open a block. */
export function encodeData(value: Json): string {
  return JSON.stringify(value).replaceAll(/[<>\u2028\u2029]/g, (found) => ESCAPES[found]!);
}

/** `<name>`, the value as JSON on lines of its own, `</name>`. */
export function block(name: string, value: Json): string {
  return `<${name}>\n${encodeData(value)}\n</${name}>`;
}

/** The object with the keys of its values in one order, whatever store they came through: equal content, equal request. */
export function inOneOrder(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, JSON.parse(canonical(item)) as Json]),
  );
}
