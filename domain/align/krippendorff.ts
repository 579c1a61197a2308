import type { Value } from '../../contracts/value.ts';

export type Level =
  | { readonly level: 'nominal' }
  /** Values from lowest to highest. */
  | { readonly level: 'ordinal'; readonly order: readonly Value[] };

/** A value that the given order does not name. */
export class UnorderedValueError extends Error {
  override readonly name = 'UnorderedValueError';
  readonly value: Value;

  constructor(value: Value, order: readonly Value[]) {
    super(`value ${JSON.stringify(value)} is not in the order ${order.map(String).join(', ')}`);
    this.value = value;
  }
}

/** Pairs of values of one item, by their places: a value said by one rater with one said by another, weighted to add up to the ratings. */
export type Coincidence = { readonly a: number; readonly b: number; readonly weight: number };

/** The coincidences of one item whose ratings are places in the list of values; none with fewer than two ratings. */
export function coincidencesOf(ratings: readonly number[]): readonly Coincidence[] {
  if (ratings.length < 2) return [];
  const weight = 1 / (ratings.length - 1);
  return ratings.flatMap((a, i) => ratings.flatMap((b, j) => (i === j ? [] : [{ a, b, weight }])));
}

/**
 * Krippendorff's alpha for any number of raters and missing values: the values of each item (Krippendorff 2011, "Computing
 * Krippendorff's Alpha-Reliability", section D). Items with fewer than two values pair with nothing and are left out. Null where
 * nothing can be paired or one value is used throughout. Throws UnorderedValueError.
 */
export function krippendorffAlpha(
  items: readonly (readonly Value[])[],
  level: Level = { level: 'nominal' },
): number | null {
  const paired = items.filter((values) => values.length > 1);
  const values = level.level === 'ordinal' ? level.order : [...new Set(paired.flat())];
  const index = new Map(values.map((value, at) => [value, at]));
  const place = (value: Value): number => {
    const at = index.get(value);
    if (at === undefined) throw new UnorderedValueError(value, values);
    return at;
  };
  const rows = paired.map((item) => coincidencesOf(item.map(place)));
  return alphaOfCoincidences(rows, { size: values.length, level: level.level });
}

/** Alpha of items given as coincidences of places below `size`; for resampling, which adds the same items up again and again. */
export function alphaOfCoincidences(
  items: readonly (readonly Coincidence[])[],
  { size, level }: { readonly size: number; readonly level: Level['level'] },
): number | null {
  const table = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (const item of items) for (const { a, b, weight } of item) table[a]![b]! += weight;
  return alphaOf(table, level);
}

function alphaOf(coincidences: readonly (readonly number[])[], level: Level['level']) {
  const totals = coincidences.map((row) => row.reduce((sum, count) => sum + count, 0));
  const total = totals.reduce((sum, count) => sum + count, 0);
  let [observed, expected] = [0, 0];
  coincidences.forEach((row, c) =>
    row.forEach((count, k) => {
      const squared = c === k ? 0 : level === 'nominal' ? 1 : ordinalDistance(totals, [c, k]);
      observed += count * squared;
      expected += totals[c]! * totals[k]! * squared;
    }),
  );
  return expected > 0 ? 1 - ((total - 1) * observed) / expected : null;
}

/** Squared number of ratings that lie between two values, half of each end counted. */
function ordinalDistance(totals: readonly number[], [c, k]: readonly [number, number]): number {
  const between = totals
    .slice(Math.min(c, k), Math.max(c, k) + 1)
    .reduce((sum, count) => sum + count, 0);
  return (between - (totals[c]! + totals[k]!) / 2) ** 2;
}
