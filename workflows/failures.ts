import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { type FailureKind, ownFailing } from '../contracts/failure.ts';
import type { Outcome } from '../contracts/report.ts';
import { database } from './proxies.ts';

/** A failure that a workflow ends or refuses a message with; nothing tries it again. `outcome` ends a cycle with a report of its own. */
export function failure(
  {
    kind,
    type,
    outcome,
  }: { readonly kind: FailureKind; readonly type: string; readonly outcome?: Outcome },
  message: string,
): ApplicationFailure {
  const detail = { kind, retryable: false, ...(outcome !== undefined && { outcome }) };
  return ApplicationFailure.nonRetryable(message, type, detail);
}

/** The failure that an activity or a child named, below the wrappers of Temporal; with `kind` only one that says so. */
export function failureIn(error: unknown, kind?: FailureKind): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure)
      if (kind === undefined || ownFailing(cause)?.kind === kind) return cause;
  return null;
}

type Failed = { readonly ref: CycleRef; readonly error: unknown };

/**
 * Writes why a workflow is about to fail into the row of its cycle, which else would stay `running`. Where its input was
 * refused nobody is asked for labels any more.
 */
export function recordFailure({ ref, error }: Failed): Promise<void> {
  const refused = failureIn(error, 'invalid');
  return refused === null
    ? told(() => database.failCycle({ ref, why: reasonOf(error) }))
    : CancellationScope.nonCancellable(() => database.endRefused({ ref, why: refused.message }));
}

/** The same for the row of a watch. */
export const recordWatchFailure = (ref: CycleRef, error: unknown): Promise<void> =>
  told(() => database.failWatch({ ref, why: reasonOf(error) }));

/** A row that cannot be written must not hide what failed. */
const told = (write: () => Promise<void>): Promise<void> =>
  CancellationScope.nonCancellable(() => write().catch(() => undefined));

/** In the words of whoever knew best: the failure that was named, else the innermost cause. */
function reasonOf(error: unknown): string {
  const named = failureIn(error);
  if (named !== null) return named.message;
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
