import type { AssessmentError } from '../contracts/assessment.ts';
import type { RunRef } from '../db/runs/runs.ts';

/** Faults of nobody's answer: what was asked did not get through, retries and all. */
const NOT_THROUGH: ReadonlySet<string> = new Set([
  'infrastructure',
  'unreachable',
  'timeout',
  'rate-limited',
  'provider',
  'quota',
]);

/** Kinds of errors by which a row is not measured by no fault of its own. */
export const FAULTS_OF_INFRASTRUCTURE: readonly string[] = [...NOT_THROUGH];

/** What kept a row from being measured, where that was no fault of its own; null else. */
export const notThrough = (error: AssessmentError | null): string | null =>
  error !== null && NOT_THROUGH.has(error.kind) ? error.message : null;

/** Rows of a run, and those of them that are stored as not measured by no fault of their own. */
export type Counted = { readonly rows: number; readonly unmeasured: number };

/** How often a batch is tried whose rows mostly do not get through, and how long it waits then. */
const TRIES = 6;
const WAIT_MS = 2_000;

/** Most rows of a run could not be measured, by no fault of theirs: that is no evidence of anything. */
export class UnmeasuredError extends Error {
  override readonly name = 'Unmeasured';
  readonly kind = 'unavailable';
  readonly retryable: boolean;
  readonly retryAfterMs: number;
  constructor(
    {
      run,
      rows,
      unmeasured,
      message,
    }: Counted & { readonly run: string; readonly message: string },
    tries: number,
  ) {
    super(
      `${run}: ${unmeasured} of ${rows} rows could not be measured, which is no fault of theirs (${message}). Nothing is concluded from the rest; bring back what does not answer and start again: what is measured stays`,
    );
    this.retryable = tries < TRIES;
    this.retryAfterMs = WAIT_MS * 2 ** (tries - 1);
  }
}

export type Held<Result> = {
  readonly at: RunRef;
  /** What the batch works on, to count its tries. */
  readonly batch: string;
  readonly results: readonly Result[];
  readonly message: string;
  readonly count: () => Promise<Counted>;
};

/** Tries of the batches of this process that did not get through. One that starts anew begins to count anew. */
const triesOf = new Map<string, number>();

/**
 * Decides what becomes of rows that did not get through: they are missing where they are the lesser part of their run.
 * @throws UnmeasuredError where they are more than half of it
 */
export async function permitMissing<Result>(held: Held<Result>): Promise<void> {
  const { at, batch, results, message, count } = held;
  const key = JSON.stringify([at.project, at.run, batch]);
  if (results.length === 0) {
    triesOf.delete(key);
    return;
  }
  const counted = await count();
  const unmeasured = counted.unmeasured + results.length;
  if (2 * unmeasured <= counted.rows) return;
  const tries = (triesOf.get(key) ?? 0) + 1;
  if (tries >= TRIES) triesOf.delete(key);
  else triesOf.set(key, tries);
  throw new UnmeasuredError({ run: at.run, rows: counted.rows, unmeasured, message }, tries);
}
