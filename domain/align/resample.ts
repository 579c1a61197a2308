import { quantile } from '../statistics/quantile.ts';
import { createStream } from '../statistics/stream.ts';

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
  const resamples = of.resamples ?? RESAMPLES;
  const clusters = [...Map.groupBy(of.rows, of.clusterOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, rows]) => rows);
  if (clusters.length < 2)
    return { interval: null, lower90: null, undefinedResamples: 0, resamples: 0 };
  const stream = createStream(`${of.seed}/clusters`);
  const found: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    const rows = clusters.flatMap(() => clusters[stream.below(clusters.length)]!);
    const value = of.statistic(rows);
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
