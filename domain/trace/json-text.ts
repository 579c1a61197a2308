import type { Json } from '../../contracts/json.ts';
import { readJson } from '../../contracts/read-json.ts';
import { DEEPEST } from './any-value.ts';

/** The value that a JSON object or list in a text stands for; anything else, undefined too, is given back as it is. */
export function structured<T extends Json | undefined>(value: T): T | Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parsed(value);
}

/** The value a JSON text stands for, bare words and numbers too; a text that is no JSON, or too deep, stands for itself. */
export function parsed(text: string): Json {
  try {
    return isTooDeep(text) ? text : readJson(text);
  } catch {
    return text;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      depth++;
      if (depth > DEEPEST) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}

/** The JSON text of an object or a list that was made JSON twice or more; any other value is given back as it is. */
export function unquoted<T extends Json | undefined>(value: T): T | string {
  let text: Json | undefined = value;
  while (typeof text === 'string' && /^\s*"[\s\S]*"\s*$/.test(text)) {
    const inner: Json = parsed(text);
    if (typeof inner !== 'string') return value;
    text = inner;
  }
  return typeof text === 'string' && /^\s*[[{]/.test(text) ? text : value;
}
