/** Sizes that a refusal names, in tokens. */
export type Sizes = { readonly limit: number | null; readonly asked: number | null };

const NUMBER = String.raw`(\d{1,3}(?:[,_]\d{3})+|\d+)`;
const of = (pattern: string): RegExp => new RegExp(pattern.replaceAll('#', NUMBER), 'i');

/** That a request is too long, in the words of the providers in known.ts. */
const TOO_LONG = [
  /context_length_exceeded|exceed_context_size|string_above_max_length|context_window_exceeded/i,
  /(context|prompt|input|sequence)[ _-]?(length|window|size|limit)/i,
  /(prompt|inputs?|request|messages?|conversation|payload|entity)\b.{0,40}\btoo (long|large)/i,
  /too many (input |prompt )?tokens|reduce the length of/i,
  /(token count|number of tokens|inputs?`? tokens)\b.{0,60}(exceed|must be)/i,
  /exceeds?\b.{0,60}\b(context|maximum number of (input )?tokens|input token)/i,
];

/** Where the limit stands; the first that matches says it. */
const LIMIT = [
  of(String.raw`"?n_ctx"?\s*[:=]\s*#`),
  of(String.raw`(?:configured|context) limit of #`),
  of(String.raw`\d\s*>\s*# maximum`),
  of(String.raw`\d\s*\+\s*\d+\s*>\s*#`),
  of(String.raw`max(?:imum)?\b[^.\d]{0,30}\b(?:context|prompt|input|sequence)\b[^.\d]{0,30}#`),
  of(String.raw`# (?:tokens? )?max(?:imum)?\b`),
  of(String.raw`tokens allowed[^.\d]{0,5}#`),
  of(String.raw`context (?:length|window|size)[^.\d]{0,25}#`),
  of(String.raw`(?:<=|cannot exceed|at most|up to|must be less than|limit:?(?: of)?)\s*#`),
];

const ASKED = [
  of(String.raw`"?n_prompt_tokens"?\s*[:=]\s*#`),
  of(
    String.raw`(?:resulted in|requested|contains?|received|given:|has|too long:|count)\s*(?:about |\()?#`,
  ),
  of(String.raw`keep the first #`),
];

/** The sizes of a refusal that says the request is too long; null where it says something else. */
export function tooLong(said: string): Sizes | null {
  if (!TOO_LONG.some((pattern) => pattern.test(said))) return null;
  return { limit: firstNumber(said, LIMIT), asked: firstNumber(said, ASKED) };
}

/** The number that the first matching pattern holds. */
export function firstNumber(text: string, patterns: readonly RegExp[]): number | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found.replaceAll(/[,_]/g, ''));
  }
  return null;
}
