import type { Value } from '../../contracts/value.ts';

/** Items whose raters differ in number, which Fleiss' kappa has no meaning for. */
export class UnequalRatersError extends Error {
  override readonly name = 'UnequalRatersError';
  readonly kind = 'refused';
  readonly retryable = false;

  constructor(counts: readonly number[]) {
    super(
      `items have ${counts.join(' and ')} ratings; Fleiss' kappa needs one number of at least 2 (Krippendorff's alpha takes any)`,
    );
  }
}

/**
 * Fleiss' kappa of any number of raters, the same for each item (Fleiss 1971); the values of each item in any order. Null without
 * items, or where one value is used throughout. Throws UnequalRatersError.
 */
export function fleissKappa(items: readonly (readonly Value[])[]): number | null {
  if (items.length === 0) return null;
  const counts = [...new Set(items.map((values) => values.length))].sort((a, b) => a - b);
  const raters = counts[0]!;
  if (counts.length > 1 || raters < 2) throw new UnequalRatersError(counts);
  const totals = new Map<Value, number>();
  let agreeing = 0;
  for (const values of items)
    for (const [value, group] of Map.groupBy(values, (each) => each)) {
      totals.set(value, (totals.get(value) ?? 0) + group.length);
      agreeing += group.length * (group.length - 1);
    }
  return fleissOfTotals([...totals.values()], { agreeing, raters });
}

/** Fleiss' kappa of how often each value was said, and of the ordered pairs of ratings of one item that are equal. */
export function fleissOfTotals(
  totals: readonly number[],
  { agreeing, raters }: { readonly agreeing: number; readonly raters: number },
): number | null {
  const ratings = totals.reduce((sum, count) => sum + count, 0);
  const observed = agreeing / (ratings * (raters - 1));
  const expected = totals.reduce((sum, count) => sum + (count / ratings) ** 2, 0);
  return totals.filter((count) => count > 0).length < 2
    ? null
    : (observed - expected) / (1 - expected);
}
