import { worthOfClusters } from './cluster-worth.ts';
import { wilsonInterval } from './proportion.ts';
import { ratioEstimate } from './ratio.ts';
import type { ClusterTotal } from './ratio.ts';
import { studentQuantile } from './student.ts';

export type ClusteredValue = { readonly cluster: string; readonly value: number };

/** Bounds are null where the data can give none (one cluster, or no spread in an unbounded value). */
export type MeanInterval = {
  readonly mean: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly se: number | null;
  readonly n: number;
  readonly clusters: number;
  readonly method: 'wilson' | 'wilson-clustered' | 'student' | 'none';
};

/** The bounds as reports hold them; null where the data give none. */
export const intervalOf = (
  mean: Pick<MeanInterval, 'lower' | 'upper'> | null,
): { readonly low: number; readonly high: number } | null =>
  mean === null || mean.lower === null || mean.upper === null
    ? null
    : { low: mean.lower, high: mean.upper };

/** Cluster totals in the order of the cluster names, so that no sum depends on the order of rows. */
export function clusterTotals(values: readonly ClusteredValue[]): ClusterTotal[] {
  const totals = new Map<string, { sum: number; size: number }>();
  for (const { cluster, value } of values) {
    const total = totals.get(cluster);
    if (total === undefined) totals.set(cluster, { sum: value, size: 1 });
    else {
      total.sum += value;
      total.size += 1;
    }
  }
  return [...totals.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total);
}

/**
 * Mean of scores in [0, 1] with a clustered interval; null without scores. Rates without clusters:
 * Wilson. Else Wilson at the effective size mean (1 - mean) / se^2 with Student's quantile (Korn and
 * Graubard 1998), which stays inside [0, 1]; without spread the effective size is the cluster count.
 * Clusters of several rows have the wider interval of `worthOfClusters`.
 */
export function scoreMean(
  values: readonly ClusteredValue[],
  confidence = 0.95,
): MeanInterval | null {
  const base = describe(values);
  if (base === null) return null;
  const { mean, se, n, clusters } = base;
  const isRate = values.every(({ value }) => value === 0 || value === 1);
  if (isRate && clusters === n)
    return { ...base, ...wilsonInterval({ rate: mean, total: n, confidence }), method: 'wilson' };
  if (clusters < 2 || se === null) return { ...base, lower: 0, upper: 1, method: 'none' };
  const worth = worthOfClusters(values);
  const effective = worth?.rows ?? (se === 0 ? clusters : (mean * (1 - mean)) / (se * se));
  const total = isRate ? Math.min(n, effective) : effective;
  const freedom = Math.max(1, (worth?.clusters ?? clusters) - 1);
  const quantile = studentQuantile(1 - (1 - confidence) / 2, freedom);
  return {
    ...base,
    ...wilsonInterval({ rate: mean, total, quantile }),
    method: 'wilson-clustered',
  };
}

/** Mean of any values (differences, milliseconds, USD) with a clustered Student interval. */
export function valueMean(
  values: readonly ClusteredValue[],
  confidence = 0.95,
): MeanInterval | null {
  const base = describe(values);
  if (base === null) return null;
  if (base.clusters < 2 || base.se === null || base.se === 0)
    return { ...base, lower: null, upper: null, method: 'none' };
  const half = studentQuantile(1 - (1 - confidence) / 2, base.clusters - 1) * base.se;
  return { ...base, lower: base.mean - half, upper: base.mean + half, method: 'student' };
}

function describe(values: readonly ClusteredValue[]) {
  if (values.length === 0) return null;
  const { theta, se, clusters } = ratioEstimate(clusterTotals(values));
  return {
    mean: theta,
    se: Number.isFinite(se) ? se : null,
    n: values.length,
    clusters,
  };
}
