import type { Value } from '../../contracts/value.ts';
import type { Addend } from './resample.ts';

export type Level =
  | { readonly level: 'nominal' }
  /** Values from lowest to highest. */
  | { readonly level: 'ordinal'; readonly order: readonly Value[] };

/** A value that the given order does not name. */
export class UnorderedValueError extends Error {
  override readonly name = 'UnorderedValueError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly value: Value;

  constructor(value: Value, order: readonly Value[]) {
    super(`value ${JSON.stringify(value)} is not in the order ${order.map(String).join(', ')}`);
    this.value = value;
  }
}

/**
 * What one item, its ratings given as places below `size`, adds to the table of coincidences (row x size + column): each value said by one
 * rater with each said by another, weighted to add up to the ratings. Nothing with fewer than two ratings.
 */
export function coincidencesOf(ratings: readonly number[], size: number): readonly Addend[] {
  if (ratings.length < 2) return [];
  const by = 1 / (ratings.length - 1);
  return ratings.flatMap((a, i) =>
    ratings.flatMap((b, j) => (i === j ? [] : [{ at: a * size + b, by }])),
  );
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
  const size = values.length;
  const table = new Float64Array(size * size);
  for (const item of paired)
    for (const { at, by } of coincidencesOf(item.map(place), size)) table[at]! += by;
  return alphaOfTable(table, { size, level: level.level });
}

/** Alpha of a table of coincidences; for resampling, which adds the same items up again and again. */
export function alphaOfTable(
  table: Float64Array,
  { size, level }: { readonly size: number; readonly level: Level['level'] },
): number | null {
  const totals = Array.from({ length: size }, (_, c) =>
    table.subarray(c * size, (c + 1) * size).reduce((sum, count) => sum + count, 0),
  );
  const total = totals.reduce((sum, count) => sum + count, 0);
  let [observed, expected] = [0, 0];
  for (let c = 0; c < size; c++)
    for (let k = 0; k < size; k++) {
      const squared = c === k ? 0 : level === 'nominal' ? 1 : ordinalDistance(totals, [c, k]);
      observed += table[c * size + k]! * squared;
      expected += totals[c]! * totals[k]! * squared;
    }
  return expected > 0 ? 1 - ((total - 1) * observed) / expected : null;
}

/** Squared number of ratings that lie between two values, half of each end counted. */
function ordinalDistance(totals: readonly number[], [c, k]: readonly [number, number]): number {
  const between = totals
    .slice(Math.min(c, k), Math.max(c, k) + 1)
    .reduce((sum, count) => sum + count, 0);
  return (between - (totals[c]! + totals[k]!) / 2) ** 2;
}
