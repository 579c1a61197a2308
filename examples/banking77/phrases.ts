import type { Row } from './rows.ts';

/** Imagined rows with and without the intent damp the odds, so that a phrase seen once says little. */
const WITH = 0.5;
const WITHOUT = 1.5;

type Counts = Map<string, Map<string, number>>;

/**
 * The phrase of one to three words of a query that is most typical of an intent, as an expert would quote it:
 * the greatest log odds over the given rows; ties go to the shorter phrase, then to the earlier one.
 */
export function typicalPhrases(rows: readonly Row[]): (query: string, intent: string) => string {
  const counts: Counts = new Map();
  for (const { query, intent } of rows)
    for (const phrase of new Set(phrasesOf(query))) count(counts, phrase, intent);
  return (query, intent) => {
    const scored = phrasesOf(query).map((phrase) => ({
      phrase,
      odds: logOdds(counts.get(phrase) ?? new Map(), intent),
    }));
    const [first, ...others] = scored;
    if (first === undefined) return query;
    return others.reduce((best, next) => (better(next, best) ? next : best), first).phrase;
  };
}

type Scored = { readonly phrase: string; readonly odds: number };

const better = (a: Scored, b: Scored): boolean =>
  a.odds > b.odds + 1e-9 ||
  (Math.abs(a.odds - b.odds) <= 1e-9 && a.phrase.length < b.phrase.length);

function logOdds(byIntent: ReadonlyMap<string, number>, intent: string): number {
  const inside = byIntent.get(intent) ?? 0;
  const all = [...byIntent.values()].reduce((sum, n) => sum + n, 0);
  return Math.log((inside + WITH) / (all - inside + WITHOUT));
}

function count(counts: Counts, phrase: string, intent: string): void {
  const byIntent = counts.get(phrase) ?? new Map<string, number>();
  byIntent.set(intent, (byIntent.get(intent) ?? 0) + 1);
  counts.set(phrase, byIntent);
}

/**
 * Runs of one to three words in lower case, one of them with four letters or more. None holds an apostrophe:
 * a reason quotes it between two.
 */
function phrasesOf(query: string): readonly string[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
  const runs = words.flatMap((_, at) =>
    [1, 2, 3].filter((n) => at + n <= words.length).map((n) => words.slice(at, at + n).join(' ')),
  );
  return runs.filter((run) => !/['’]/.test(run) && /\p{L}{4}/u.test(run));
}
