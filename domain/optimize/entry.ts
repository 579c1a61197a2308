/** The result of one pair: a score, [score, ...objective scores in the options' order], or null for unscored. */
export type Entry = number | null | readonly [number, ...(number | null)[]];

export function scoreOf(entry: Entry | undefined): number | null {
  if (entry === undefined || entry === null) return null;
  return typeof entry === 'number' ? entry : entry[0];
}

export function objectiveOf(entry: Entry | undefined, position: number): number | null {
  if (entry === undefined || entry === null || typeof entry === 'number') return null;
  return entry[position + 1] ?? null;
}

/** The sum of the scores, left to right, as the reference adds them. */
export const sum = (scores: readonly number[]): number => scores.reduce((a, b) => a + b, 0);

export const scored = (scores: readonly (number | null)[]): readonly number[] =>
  scores.filter((score) => score !== null);

/** The mean of the scored ones; null when there is none. */
export function meanOf(scores: readonly (number | null)[]): number | null {
  const present = scored(scores);
  return present.length === 0 ? null : sum(present) / present.length;
}
