import {
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { CycleRef } from '../activities/index.ts';
import type { WatchStatus } from '../contracts/watch.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { recordWatchFailure } from './failures.ts';
import { observed } from './messages.ts';
import { compute, database } from './proxies.ts';

/** The watch of one promotion; `turn` counts the rounds of pairs, over continued runs too. */
export type WatchInput = { readonly ref: CycleRef; readonly turn: number };

/**
 * Watches a promotion until its window ends: fresh conversations under both prompts side by side, recorded traffic as it comes, and a
 * roll-back as soon as the evidence says that the new prompt is worse (specs/promote.md, "Watch").
 */
export async function watchWorkflow(input: WatchInput): Promise<WatchStatus> {
  const { ref } = input;
  let { turn } = input;
  let told = 0;
  setHandler(observed, () => {
    told += 1;
  });
  try {
    const { everyMs } = await database.openWatch(ref);
    do {
      const seen = told;
      const { run, total } = await database.planWatch({ ref, turn });
      if (total > 0) await pairs(ref, { run, total });
      const status = await compute.observeWatch({ ref, run });
      setCurrentDetails(statusText(status));
      if (status.ended) return status;
      await condition(() => told > seen, everyMs, { summary: 'next look for conversations' });
      // A turn without fresh conversations planned nothing: its number is free.
      if (total > 0) turn += 1;
    } while (!workflowInfo().continueAsNewSuggested);
  } catch (error) {
    if (isCancellation(error))
      return CancellationScope.nonCancellable(() => database.stopWatch(ref)).catch(
        (unwritten: unknown) => failed(ref, unwritten),
      );
    return failed(ref, error);
  }
  return continueAsNew<typeof watchWorkflow>({ ref, turn });
}

async function failed(ref: CycleRef, error: unknown): Promise<never> {
  await recordWatchFailure(ref, error);
  throw error;
}

function pairs(
  ref: CycleRef,
  { run, total }: { readonly run: string; readonly total: number },
): Promise<unknown> {
  return executeChild(evaluateWorkflow, {
    workflowId: `${workflowInfo().workflowId}/${run.split('/').at(-1)}`,
    workflowTaskTimeout: TASK_TIMEOUT,
    args: [{ project: ref.project, run, from: 0, to: total, agent: true }],
    staticSummary: `${total / 2} fresh conversations under both prompts`,
  });
}

const statusText = ({ observations, evidence, limit, why }: WatchStatus): string =>
  `**watch**: ${observations} conversations, E = ${evidence.toPrecision(4)}, rolled back at ${limit}${why === null ? '' : `\n\n${why}`}`;
