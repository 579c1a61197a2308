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
  const coincidences = values.map(() => values.map(() => 0));
  const place = (value: Value): number => {
    const at = index.get(value);
    if (at === undefined) throw new UnorderedValueError(value, values);
    return at;
  };
  for (const item of paired)
    item.forEach((a, i) =>
      item.forEach((b, j) => {
        if (i !== j) coincidences[place(a)]![place(b)]! += 1 / (item.length - 1);
      }),
    );
  return alphaOf(coincidences, level.level);
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
