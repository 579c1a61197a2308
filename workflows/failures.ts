import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { database } from './proxies.ts';

/** The failure that an activity or a child named, of one of these types where some are given, below the wrappers of Temporal. */
export function failureIn(error: unknown, types?: readonly string[]): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure && (types?.includes(cause.type ?? '') ?? true))
      return cause;
  return null;
}

type Failed = {
  readonly ref: CycleRef;
  readonly error: unknown;
  /** Types of failure that end a cycle for good: what it was given is stored, so what is mended needs a new one. */
  readonly refusals?: readonly string[];
};

/** Writes why a workflow is about to fail into the row of its cycle, which else would stay `running`. */
export function recordFailure({ ref, error, refusals = ['Refused'] }: Failed): Promise<void> {
  const refused = failureIn(error, refusals);
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
