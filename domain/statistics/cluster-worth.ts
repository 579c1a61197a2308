import type { ClusteredValue } from './mean.ts';
import { NEGLIGIBLE } from './ratio.ts';

/** How many independent rows, and how many equal clusters, a sample of clusters is worth. */
export type Worth = { readonly rows: number; readonly clusters: number };

/** Added to the estimated correlation, which is too low as often as not: less where all clusters are of one size. */
const DOUBT = { equal: 0.04, unequal: 0.1 } as const;

type Cluster = { readonly size: number; readonly sum: number; readonly squares: number };

/**
 * Null where each row is a cluster. Rows: mean (1 - mean) over the larger of two variances of the mean, the jackknife's of the ratio and
 * s^2 (1 + (sum m^2 / n - 1) (icc + doubt)) / n with the intraclass correlation of the analysis of variance (Kish 1965). Clusters:
 * n^2 / sum m^2. Alone the first one holds 87 to 90 % instead of 95 % of rates near 1 (bench/evaluate/coverage.ts): few clusters carry the rare value.
 */
export function worthOfClusters(values: readonly ClusteredValue[]): Worth | null {
  const clusters = clustersOf(values);
  const sizes = new Set(clusters.map(({ size }) => size));
  if (clusters.length < 2 || (sizes.size === 1 && sizes.has(1))) return null;
  const n = total(clusters, ({ size }) => size);
  const sum = total(clusters, (at) => at.sum);
  const mean = sum / n;
  const squares = total(clusters, ({ size }) => size ** 2);
  const equal = n ** 2 / squares;
  const variance = jackknife(clusters, { n, sum });
  const direct = variance === 0 ? equal : (mean * (1 - mean)) / variance;
  const doubt = sizes.size === 1 ? DOUBT.equal : DOUBT.unequal;
  const correlation = Math.min(1, intraclass(clusters, { n, mean, squares }) + doubt);
  const spread = total(clusters, (at) => at.squares) / n - mean ** 2;
  // Of scores between 0 and 1 that spread less than a rate does, a row is worth more than one of a rate.
  const graded = spread <= NEGLIGIBLE ? 1 : (mean * (1 - mean)) / spread;
  const modelled = (graded * n) / (1 + (squares / n - 1) * correlation);
  return { rows: Math.min(direct, modelled), clusters: equal };
}

function clustersOf(values: readonly ClusteredValue[]): readonly Cluster[] {
  const found = Map.groupBy(values, ({ cluster }) => cluster);
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, rows]) => ({
      size: rows.length,
      sum: total(rows, ({ value }) => value),
      squares: total(rows, ({ value }) => value ** 2),
    }));
}

function jackknife(
  clusters: readonly Cluster[],
  { n, sum }: { readonly n: number; readonly sum: number },
): number {
  const count = clusters.length;
  const apart = total(clusters, (left) => ((sum - left.sum) / (n - left.size) - sum / n) ** 2);
  return ((count - 1) / count) * apart;
}

type Whole = { readonly n: number; readonly mean: number; readonly squares: number };

function intraclass(clusters: readonly Cluster[], { n, mean, squares }: Whole): number {
  const count = clusters.length;
  const between = total(clusters, ({ size, sum }) => size * (sum / size - mean) ** 2) / (count - 1);
  const within =
    total(clusters, (at) => at.squares - at.sum ** 2 / at.size) / Math.max(1, n - count);
  const typical = (n - squares / n) / (count - 1);
  const whole = between + (typical - 1) * within;
  return whole === 0 ? 0 : Math.min(1, Math.max(0, (between - within) / whole));
}

const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);
