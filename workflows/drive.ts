import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { TurnRef } from '../contracts/drive.ts';
import { agents, database } from './proxies.ts';

/** One turn of a test drive: the agent answers, or the turn says why it did not, also where it was cancelled: no turn waits for ever. */
export async function driveWorkflow(at: TurnRef): Promise<void> {
  try {
    await agents.driveTurn(at);
  } catch (error) {
    if (isCancellation(error)) {
      const why = 'cancelled by a person';
      await CancellationScope.nonCancellable(() => database.endTurn({ ...at, why }));
    }
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    await database.endTurn({ ...at, why: error.cause?.message ?? error.message });
  }
}
