import type { Estimate } from '../../contracts/report.ts';
import type { RolloutStatus } from '../../contracts/rollout.ts';
import { intervalOf, scoreMean } from '../statistics/mean.ts';
import { percentiles, type Percentiles } from '../statistics/quantile.ts';

/** One rollout with what one scorer says of it. */
export type ScoredRow = {
  readonly example: string;
  readonly conversation: string;
  readonly trial: number;
  readonly status: RolloutStatus;
  /** Null where there is no assessment yet. `error` set: not measured; score null without error: not applicable. */
  readonly assessment: { readonly score: number | null; readonly error: unknown } | null;
  readonly latencyMs: number | null;
};

/** A stored row as the statistics see it: its cluster is the near-duplicate group of its conversation. */
export const scoredRow = <T extends { readonly group: string }>(row: T) => ({
  ...row,
  conversation: row.group,
});

/** What one row says: a score, nothing to say, or not measured. */
export type Measured =
  | { readonly kind: 'score'; readonly score: number; readonly failed: boolean }
  | { readonly kind: 'not-applicable' }
  | { readonly kind: 'missing' };

export type Aggregate = Estimate & {
  readonly notApplicable: number;
  /** Of the scores in the mean. */
  readonly percentiles: Percentiles | null;
  /** Milliseconds of the agent's work over rows that have them. */
  readonly latency: Percentiles | null;
};

/** An agent that failed has the lowest score; only our own failures and the judge's are missing. */
export function measured(row: ScoredRow): Measured {
  if (row.status === 'failed') return { kind: 'score', score: 0, failed: true };
  if (row.status !== 'ok' || row.assessment === null || row.assessment.error !== null)
    return { kind: 'missing' };
  if (row.assessment.score === null) return { kind: 'not-applicable' };
  return { kind: 'score', score: row.assessment.score, failed: false };
}

/** Mean over rows with a 95 % interval clustered by conversation; what is not in the mean is counted beside it. */
export function aggregate(rows: readonly ScoredRow[]): Aggregate {
  const read = rows.map((row) => ({ row, measured: measured(row) }));
  const values = read.flatMap((at) =>
    at.measured.kind === 'score'
      ? [{ cluster: at.row.conversation, value: at.measured.score }]
      : [],
  );
  const mean = scoreMean(values);
  const count = (test: (found: Measured) => boolean): number =>
    read.filter((at) => test(at.measured)).length;
  return {
    mean: mean?.mean ?? null,
    interval: intervalOf(mean),
    n: values.length,
    clusters: mean?.clusters ?? 0,
    missing: count((found) => found.kind === 'missing'),
    failed: count((found) => found.kind === 'score' && found.failed),
    notApplicable: count((found) => found.kind === 'not-applicable'),
    percentiles: percentiles(values.map(({ value }) => value)),
    latency: percentiles(rows.flatMap((row) => (row.latencyMs === null ? [] : [row.latencyMs]))),
  };
}

/** The part of an aggregate that reports hold. */
export function estimateOf(found: Aggregate): Estimate {
  const { mean, interval, n, clusters, missing, failed } = found;
  return { mean, interval, n, clusters, missing, failed };
}
