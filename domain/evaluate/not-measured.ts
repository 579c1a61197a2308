import type { AssessmentError } from '../../contracts/assessment.ts';
import { measured, type ScoredRow } from './aggregate.ts';

/** One row of an evaluation as one scorer sees it. */
export type RowOutcome = {
  readonly example: string;
  readonly scorer: string;
  readonly outcome: 'score' | 'failed' | 'missing' | 'not-applicable';
  readonly score: number | null;
  readonly trace: string | null;
  /** Why it is missing or failed; null else. */
  readonly reason: string | null;
};

/** A reason, and how many rows of a scorer have it. */
export type Reason = {
  readonly scorer: string;
  readonly outcome: 'missing' | 'failed';
  readonly reason: string;
  readonly rows: number;
};

type Seen = ScoredRow & {
  readonly traceId: string | null;
  readonly error: AssessmentError | null;
  readonly assessment: {
    readonly score: number | null;
    readonly error: AssessmentError | null;
  } | null;
};

/** What one row says under one scorer. */
export function outcomeOf(scorer: string, row: Seen): RowOutcome {
  const found = measured(row);
  const outcome = found.kind === 'score' && found.failed ? 'failed' : found.kind;
  const score = found.kind === 'score' ? found.score : null;
  const reason = outcome === 'missing' || outcome === 'failed' ? reasonOf(row) : null;
  return { example: row.example, scorer, outcome, score, trace: row.traceId, reason };
}

/** Of a row whose turn has not come. */
export const NOT_ASKED = 'not asked yet';

function reasonOf({ error, assessment }: Seen): string {
  const given = error ?? assessment?.error ?? null;
  return given === null ? NOT_ASKED : `${given.kind}: ${given.message}`;
}

/** The reasons, each once, the most frequent first. */
export function reasonsIn(rows: readonly RowOutcome[]): readonly Reason[] {
  const counts = new Map<string, Reason>();
  for (const { scorer, outcome, reason } of rows) {
    if (reason === null || (outcome !== 'missing' && outcome !== 'failed')) continue;
    const key = JSON.stringify([scorer, outcome, reason]);
    const before = counts.get(key)?.rows ?? 0;
    counts.set(key, { scorer, outcome, reason, rows: before + 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.rows - a.rows);
}
