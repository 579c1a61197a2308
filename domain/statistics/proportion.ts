import { betaQuantile } from './beta.ts';
import { normalQuantile } from './normal.ts';

export type Interval = { readonly lower: number; readonly upper: number };

/**
 * Wilson's score interval for a rate (Wilson 1927). `total` may be an effective sample size;
 * `quantile` replaces the normal quantile where a small-sample one is wanted.
 */
export function wilsonInterval({
  rate,
  total,
  confidence = 0.95,
  quantile = normalQuantile(1 - (1 - confidence) / 2),
}: {
  readonly rate: number;
  readonly total: number;
  readonly confidence?: number;
  readonly quantile?: number;
}): Interval {
  if (total <= 0) return { lower: 0, upper: 1 };
  const z2 = (quantile * quantile) / total;
  const centre = (rate + z2 / 2) / (1 + z2);
  const half = Math.sqrt(z2 * (rate * (1 - rate) + z2 / 4)) / (1 + z2);
  return {
    lower: rate === 0 ? 0 : Math.max(0, centre - half),
    upper: rate === 1 ? 1 : Math.min(1, centre + half),
  };
}

/** Exact one-sided upper bound of a rate after `count` of `total` (Clopper and Pearson 1934). */
export function exactUpperBound({
  count,
  total,
  alpha,
}: {
  readonly count: number;
  readonly total: number;
  readonly alpha: number;
}): number {
  return count >= total ? 1 : betaQuantile({ a: count + 1, b: total - count, p: 1 - alpha });
}
