import type { Json, JsonObject } from '../../contracts/json.ts';
import { inputsText } from '../promote/text.ts';

/** Characters that are embedded: more than a precedent needs, less than any embedder's limit. */
const MOST = 6_000;

/** The fields that say what a case is about, the first that is there. */
const SUBJECTS = ['inputs', 'conversation', 'trace'] as const;

/**
 * The text whose vector places a case among precedents: what was asked, then the answer, of which at most half as much is taken.
 * So the same question with another answer stays near (its precedents teach most), and among answers to one question
 * the like ones are nearest. A case without a subject is placed by all its fields.
 */
export function embeddingText(fields: JsonObject): string {
  const subject = SUBJECTS.map((name) => fields[name]).find((field) => field !== undefined);
  const about = subject === undefined ? '' : textOf(subject);
  const answer = textOf(fields['outputs'] ?? null);
  const text =
    about === ''
      ? textOf(fields)
      : `${about.slice(0, MOST)}\n${answer.slice(0, Math.max(20, Math.floor(about.length / 2)))}`;
  // Some embedders refuse a text without content.
  return text.trim() === '' ? '(empty)' : text.slice(0, MOST);
}

function textOf(value: Json): string {
  return inputsText(value).trim();
}
