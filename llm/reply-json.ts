import { jsonrepair } from 'jsonrepair';
import type { Json } from '../contracts/json.ts';

/** One JSON value of a reply. `repeated`: a member that it names twice with different values. */
export type Candidate = { readonly json: Json; readonly repeated: string | null };

export type Stretch = { readonly start: number; readonly end: number };

/** Braces without an end that are tried before the rest of a reply is given up. */
const MOST_UNCLOSED = 50;

/** Every JSON value of a model's reply, in order: the reply alone, what stands in fences, and objects among words. */
export function jsonInReply(text: string): readonly Candidate[] {
  const whole = strict(text);
  if (whole !== undefined) return [insideOf(whole) ?? { json: whole, repeated: repeatedIn(text) }];
  const fences = [...text.matchAll(/```[a-z0-9]*[ \t]*\n?([\s\S]*?)```/gi)].flatMap((match) => {
    const found = candidate(match[1]!);
    return found === null
      ? []
      : [{ found, start: match.index, end: match.index + match[0].length }];
  });
  const bare = objectsIn(text)
    .filter(({ start }) => !fences.some((fence) => start >= fence.start && start < fence.end))
    .flatMap(({ start, end }) => {
      const found = candidate(text.slice(start, end));
      return found === null ? [] : [{ found, start, end }];
    });
  return [...fences, ...bare].sort((a, b) => a.start - b.start).map(({ found }) => found);
}

/** An object that was written as JSON twice. */
function insideOf(whole: Json): Candidate | null {
  return typeof whole === 'string' && /^\s*\{/.test(whole) ? candidate(whole) : null;
}

/** The last JSON value of a reply. Throws a SyntaxError that says what is wrong. */
export function parseReply(text: string): Json {
  const found = jsonInReply(text).at(-1);
  if (found !== undefined) return found.json;
  throw new SyntaxError(whyNone(text));
}

export function whyNone(text: string): string {
  if (text.trim() === '') return 'the reply is empty';
  return text.includes('{') ? 'the reply holds no whole JSON object' : 'the reply holds no JSON';
}

/** A number or word alone may be a part of what was broken off: it says nothing. */
function candidate(text: string): Candidate | null {
  const json = strict(text) ?? strict(mended(text)) ?? repaired(text);
  return json !== null && typeof json === 'object' ? { json, repeated: repeatedIn(text) } : null;
}

/** As weak models write it: Python's words for constants, and a comma before a closing bracket. Texts in quotes stay. */
const mended = (text: string): string =>
  text.replaceAll(
    /("(?:[^"\\]|\\.)*")|\b(True|False|None)\b|,(?=\s*[}\]])/g,
    (_, quoted: string | undefined, word: string | undefined) =>
      quoted ?? (word === undefined ? '' : CONSTANTS[word]!),
  );

const CONSTANTS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** Control characters and loose quotes are put right; only of what is closed, so that nothing torn is made whole. */
function repaired(text: string): Json | undefined {
  const bare = text.trim();
  const [only] = objectsIn(bare);
  if (only === undefined || only.start !== 0 || only.end !== bare.length) return undefined;
  try {
    return strict(jsonrepair(bare));
  } catch {
    return undefined;
  }
}

function strict(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '').trim()) as Json;
  } catch {
    return undefined;
  }
}

/** Where outermost objects stand; braces in JSON strings do not count, and nothing within one that never ends. */
export function objectsIn(text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  let start = text.indexOf('{');
  for (let unclosed = 0; start !== -1 && unclosed < MOST_UNCLOSED;) {
    const end = endOfObject(text, start);
    if (end !== null) found.push({ start, end });
    else if (/^\{\s*["']\w+["']\s*:/.test(text.slice(start, start + 200))) break;
    else unclosed++;
    start = text.indexOf('{', end ?? start + 1);
  }
  return found;
}

function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth++;
    else if (!quoted && char === '}' && --depth === 0) return at + 1;
  }
  return null;
}

/** A member that an object names twice with unlike values; `JSON.parse` would silently take the last. */
function repeatedIn(text: string): string | null {
  const seen = new Map<string, string>();
  let depth = 0;
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)];
  for (const [at, { 0: token, index }] of tokens.entries()) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.startsWith('"') && tokens[at + 1]?.[0] === ':') {
      const value = scalarAfter(text.slice(index + token.length));
      const before = seen.get(token);
      if (before !== undefined && before !== value) return token.slice(1, -1);
      seen.set(token, value);
    }
  }
  return null;
}

const scalarAfter = (text: string): string =>
  /^\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\]]*)/.exec(text)?.[1]?.trim() ?? '';
