import { quantile } from './quantile.ts';
import { createStream } from './stream.ts';

export const RESAMPLES = 2_000;

/** Above this share of resamples in which the statistic is undefined, the interval is refused. */
const MOST_UNDEFINED = 0.05;

export type Resampled = {
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** One-sided 90 % lower bound. */
  readonly lower90: number | null;
  /** Resamples in which the statistic is undefined. */
  readonly undefinedResamples: number;
  readonly resamples: number;
};

/**
 * Percentile bootstrap over clusters (Efron and Tibshirani 1993, 13.3; Davison and Hinkley 1997, 3.8 for clusters): draws whole
 * clusters with replacement and asks for the statistic of all their rows. Null bounds with fewer than two clusters, or
 * when more than 5 % of the resamples leave the statistic undefined. Equal seed, equal result.
 */
export function resampleClusters<Row>(of: {
  readonly rows: readonly Row[];
  readonly clusterOf: (row: Row) => string;
  readonly statistic: (rows: readonly Row[]) => number | null;
  readonly seed: string;
  readonly resamples?: number;
}): Resampled {
  return resample({
    ...of,
    clusters: clustersOf(of),
    statistic: (drawn) => of.statistic(drawn.flat()),
  });
}

/** A statistic of sums: what one row adds to which of `length` places. */
export type Addend = { readonly at: number; readonly by: number };

/**
 * `resampleClusters` for a statistic that depends on sums over rows alone: a cluster is added up once, not in every draw. Its draws are
 * the same.
 */
export function resampleSums<Row>(of: {
  readonly rows: readonly Row[];
  readonly clusterOf: (row: Row) => string;
  readonly addendsOf: (row: Row) => readonly Addend[];
  readonly length: number;
  readonly statistic: (sums: Float64Array) => number | null;
  readonly seed: string;
  readonly resamples?: number;
}): Resampled {
  const sums = new Float64Array(of.length);
  return resample({
    ...of,
    clusters: clustersOf(of).map((rows) => addedUp(rows.flatMap((row) => of.addendsOf(row)))),
    statistic(drawn) {
      sums.fill(0);
      for (const { at, by } of drawn) for (let i = 0; i < at.length; i++) sums[at[i]!]! += by[i]!;
      return of.statistic(sums);
    },
  });
}

function addedUp(addends: readonly Addend[]): {
  readonly at: Int32Array;
  readonly by: Float64Array;
} {
  const places = new Map<number, number>();
  for (const { at, by } of addends) places.set(at, (places.get(at) ?? 0) + by);
  return { at: Int32Array.from(places.keys()), by: Float64Array.from(places.values()) };
}

const clustersOf = <Row>(of: {
  readonly rows: readonly Row[];
  readonly clusterOf: (row: Row) => string;
}): readonly (readonly Row[])[] =>
  [...Map.groupBy(of.rows, of.clusterOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, rows]) => rows);

function resample<Cluster>(of: {
  readonly clusters: readonly Cluster[];
  readonly statistic: (drawn: readonly Cluster[]) => number | null;
  readonly seed: string;
  readonly resamples?: number;
}): Resampled {
  const { clusters, statistic, resamples = RESAMPLES } = of;
  if (clusters.length < 2)
    return { interval: null, lower90: null, undefinedResamples: 0, resamples: 0 };
  const stream = createStream(`${of.seed}/clusters`);
  const found: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    const value = statistic(clusters.map(() => clusters[stream.below(clusters.length)]!));
    if (value !== null) found.push(value);
  }
  const undefinedResamples = resamples - found.length;
  const refused = undefinedResamples > MOST_UNDEFINED * resamples;
  return { ...(refused ? REFUSED : bounds(found)), undefinedResamples, resamples };
}

const REFUSED = { interval: null, lower90: null } as const;

function bounds(found: readonly number[]): Pick<Resampled, 'interval' | 'lower90'> {
  const [low, high, lower90] = [0.025, 0.975, 0.1].map((p) => quantile(found, p));
  if (low == null || high == null || lower90 == null) return REFUSED;
  return { interval: { low, high }, lower90 };
}
