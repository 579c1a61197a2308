import { asyncLocalStorage } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Db } from '../db/connect.ts';
import { silencedWhen } from '../db/silence.ts';

/** Signal of the activity whose code is running; null outside of activities. */
export const ownSignal = (): AbortSignal | null =>
  asyncLocalStorage.getStore()?.cancellationSignal ?? null;

/**
 * A statement of an activity whose signal is aborted. For that activity it is the end; for one that waited for what the other had begun
 * to read it is a reason to try again.
 */
export class ActivityEndedError extends Error {
  override readonly name = 'ActivityEnded';
  readonly kind = 'unavailable';
  readonly retryable = true;
  constructor() {
    super(
      'the activity has ended: it reads and writes nothing more; the next attempt does the rest',
    );
  }
}

/**
 * The database as an activity gets it: no statement leaves once the signal of that activity is aborted, whatever its code makes of the
 * abort. A rejected call that was taken for a fault of its row so cannot be written.
 */
export const silencedWhenEnded = <Deps extends { readonly db: Db }>(deps: Deps): Deps => ({
  ...deps,
  db: silencedWhen(deps.db, () =>
    ownSignal()?.aborted === true ? new ActivityEndedError() : null,
  ),
});

/** How Temporal is told that an activity ended by its signal. */
export const cancelledBy = ({ reason }: AbortSignal): CancelledFailure =>
  reason instanceof CancelledFailure
    ? reason
    : new CancelledFailure(reason instanceof Error ? reason.message : String(reason));
