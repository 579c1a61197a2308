import type { Json } from './json.ts';

/** Braces without an end that are tried before the rest of a reply is given up. */
const MOST_UNCLOSED = 50;

/** The JSON of a model's reply: alone, in a fence, or the last object that stands in prose; undefined without one. */
export function jsonInReply(text: string): Json | undefined {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  const fenced = [...text.matchAll(/```[a-z]*\s*\n?([\s\S]*?)```/gi)].map((match) => match[1]!);
  for (const candidate of [...fenced.reverse(), ...objectsIn(text)]) {
    const parsed = parse(candidate) ?? parse(mended(candidate));
    // A number or word in a fence may be a part of what was broken off: alone it says nothing.
    if (parsed !== null && typeof parsed === 'object') return parsed;
  }
  return undefined;
}

/** As weak models write it: Python's words for constants, and a comma before a closing bracket. Texts in quotes stay. */
const mended = (text: string): string =>
  text.replaceAll(
    /("(?:[^"\\]|\\.)*")|\b(True|False|None)\b|,(?=\s*[}\]])/g,
    (_, quoted: string | undefined, word: string | undefined) =>
      quoted ?? (word === undefined ? '' : CONSTANTS[word]!),
  );

const CONSTANTS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text.trim()) as Json;
  } catch {
    return undefined;
  }
}

/** Texts between balanced outermost braces, last first; braces in JSON strings do not count. */
function objectsIn(text: string): string[] {
  const found: string[] = [];
  let start = text.indexOf('{');
  for (let unclosed = 0; start !== -1 && unclosed < MOST_UNCLOSED;) {
    const end = endOfObject(text, start);
    if (end === null) unclosed++;
    else found.unshift(text.slice(start, end));
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
