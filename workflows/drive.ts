import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { TurnRef } from '../contracts/drive.ts';
import { turnWaits } from './messages.ts';
import { agents, database } from './proxies.ts';

/** One turn of a test drive: the agent answers, or the turn says why it did not, also where it was cancelled: no turn waits for ever. */
export async function driveWorkflow(at: TurnRef): Promise<void> {
  let asked = 0;
  setHandler(turnWaits, () => {
    asked += 1;
  });
  let heard: number;
  do {
    heard = asked;
    await answer(at);
  } while (asked > heard);
}

async function answer(at: TurnRef): Promise<void> {
  try {
    await agents.driveTurn(at);
  } catch (error) {
    const why = whyOf(error);
    if (why === null) throw error;
    await CancellationScope.nonCancellable(() => database.endTurn({ ...at, why }));
    if (isCancellation(error)) throw error;
  }
}

function whyOf(error: unknown): string | null {
  if (isCancellation(error)) return 'cancelled by a person';
  return error instanceof ActivityFailure ? (error.cause?.message ?? error.message) : null;
}
