import { parseRules, quotesIn } from './rules.ts';
import { findRun, type Reading, stemOf, wordsOf } from './text.ts';

/** What a reason says: this answer is right because of these words. */
export type Reason = { readonly answer: string; readonly cues: readonly string[] };

/** Reads `answer: ... 'cue' ...` and `'cue', 'cue' -> answer` in the lines of a text; only answers that are known count. */
export function reasonsIn(text: string, known: ReadonlySet<string>): readonly Reason[] {
  return text.split('\n').flatMap((line): Reason[] => {
    const ruled = parseRules(line).rules.filter(({ cues }) =>
      quotesIn(line).includes(cues[0] ?? ''),
    );
    const arrow = /->|=>|→/.test(line) ? ruled : [];
    return (arrow.length > 0 ? arrow : named(line)).filter(({ answer }) => known.has(answer));
  });
}

/** The last name with a colon before the quotes is what they stand for. */
function named(line: string): readonly Reason[] {
  const names = [...line.matchAll(/(?<![\p{L}\p{N}_.-])([\p{L}\p{N}][\p{L}\p{N}_.-]*):\s/gu)];
  return names.map((found, i) => {
    const end = names[i + 1]?.index ?? line.length;
    return { answer: found[1]!, cues: quotesIn(line.slice(found.index + found[0].length, end)) };
  });
}

/** The cues that stand word for word in a text: a reason that quotes what is not there is not followed. */
export const grounded = (cues: readonly string[], text: Reading): readonly string[] =>
  cues.filter((cue) => {
    const stems = wordsOf(cue).map(stemOf);
    return stems.length > 0 && findRun(stems, text) >= 0;
  });
