import { ROUNDING } from './rounding.ts';

/** Sum of the values of one cluster and the number of its examples (or any other base). */
export type ClusterTotal = { readonly sum: number; readonly size: number };

export type RatioEstimate = {
  readonly theta: number;
  readonly se: number;
  readonly t: number;
  readonly clusters: number;
  readonly size: number;
};

/** Below this share of the squared values, squared residuals are rounding and the error counts as 0. */
export const NEGLIGIBLE = 1e-12;

/** s = sum - margin size of each cluster; one that misses 0 by rounding alone is 0, so that ties stay ties. */
export function lessMargin(totals: readonly ClusterTotal[], margin: number): ClusterTotal[] {
  return totals.map(({ sum, size }) => {
    const rest = sum - margin * size;
    return { sum: Math.abs(rest) <= ROUNDING * size ? 0 : rest, size };
  });
}

/**
 * Ratio estimator with cluster-robust error: theta = sum s / sum n,
 * se = sqrt(G / (G - 1) * sum (s - theta n)^2) / sum n, t = theta / se.
 * With fewer than two clusters se is infinite; with se = 0, t is 0 or infinite.
 */
export function ratioEstimate(totals: readonly ClusterTotal[]): RatioEstimate {
  const clusters = totals.length;
  const size = totals.reduce((sum, total) => sum + total.size, 0);
  const theta = totals.reduce((sum, total) => sum + total.sum, 0) / size;
  const squares = totals.reduce((sum, total) => sum + total.sum ** 2, 0);
  const residual = totals.reduce((sum, total) => sum + (total.sum - theta * total.size) ** 2, 0);
  const se = standardError({ clusters, size, squares, residual });
  return { theta, se, t: studentized(theta, se), clusters, size };
}

/** theta / se, with the limits 0 and plus or minus infinity where se is 0. */
export function studentized(theta: number, se: number): number {
  if (se > 0) return theta / se;
  return theta === 0 ? 0 : Math.sign(theta) * Infinity;
}

function standardError(parts: {
  readonly clusters: number;
  readonly size: number;
  readonly squares: number;
  readonly residual: number;
}): number {
  if (parts.clusters < 2) return Infinity;
  if (parts.residual <= NEGLIGIBLE * parts.squares) return 0;
  return Math.sqrt((parts.clusters / (parts.clusters - 1)) * parts.residual) / parts.size;
}
