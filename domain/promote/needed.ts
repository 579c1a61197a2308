import type { GatePolicy } from '../../contracts/spec.ts';
import { deviationUpperLimit } from '../statistics/chi-square.ts';
import { normalQuantile } from '../statistics/normal.ts';
import type { ClusterTotal } from '../statistics/ratio.ts';
import { LEAST_CLUSTERS } from './primary.ts';

/** Normal quantile of 80 % power. */
export const POWER_QUANTILE = 0.842;

export type ClustersNeeded = {
  /** With the observed standard deviation. */
  readonly observed: number;
  /** With its upper 80 % limit. */
  readonly cautious: number;
};

/** The difference worth having: declared, or the margin + 0.10. */
export function declaredDelta({ delta, margin }: GatePolicy): number {
  return delta ?? margin + 0.1;
}

/**
 * Clusters that decide with 80 % power at level alpha: ((z + 0.842) s / (delta - margin))^2 with the
 * SD s of s_g / mean n; never from the observed difference. Null when delta is not above the margin. It is the formula of the studentized
 * test: bets need more.
 */
export function clustersNeeded(input: {
  readonly totals: readonly ClusterTotal[];
  readonly alpha: number;
  readonly margin: number;
  readonly delta: number;
}): ClustersNeeded | null {
  const clusters = input.totals.length;
  if (clusters < 2 || input.delta <= input.margin) return null;
  const deviation = standardDeviation(input.totals, input.margin);
  const limit = deviationUpperLimit({ deviation, df: clusters - 1, confidence: 0.8 });
  const count = (s: number) => Math.max(LEAST_CLUSTERS, Math.ceil(pairsNeeded({ ...input, s })));
  return { observed: count(deviation), cautious: count(limit) };
}

/** ((z[1 - alpha] + 0.842) s / (delta - margin))^2, not rounded. */
export function pairsNeeded(input: {
  readonly s: number;
  readonly alpha: number;
  readonly margin: number;
  readonly delta: number;
}): number {
  const z = normalQuantile(1 - input.alpha) + POWER_QUANTILE;
  return ((z * input.s) / (input.delta - input.margin)) ** 2;
}

function standardDeviation(totals: readonly ClusterTotal[], margin: number): number {
  const size = totals.reduce((sum, total) => sum + total.size, 0) / totals.length;
  const values = totals.map((total) => (total.sum - margin * total.size) / size);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
