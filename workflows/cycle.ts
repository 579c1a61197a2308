import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  type ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { ownFailing } from '../contracts/failure.ts';
import type { CycleResult } from '../contracts/progress.ts';
import type { Outcome } from '../contracts/report.ts';
import { type CycleState, handleMessages, startState } from './cycle-messages.ts';
import { failureIn, recordFailure } from './failures.ts';
import { type Cycle, enter } from './enter.ts';
import { type Ending, phases } from './phases.ts';
import { compute, database } from './proxies.ts';
import { withinWall } from './wall.ts';

const VERDICT = defineSearchAttributeKey('AttuneVerdict', SearchAttributeType.KEYWORD);
const SCORE = defineSearchAttributeKey('AttuneScore', SearchAttributeType.DOUBLE);

/** One cycle, from evaluation to promotion: survives crashes, waits for people, pays once (specs/cycle.md). */
export async function cycleWorkflow(ref: CycleRef): Promise<CycleResult> {
  const state = startState();
  handleMessages(ref, state);
  try {
    return await run(ref, state);
  } catch (error) {
    await recordFailure({ ref, error });
    throw error;
  }
}

async function run(ref: CycleRef, state: CycleState): Promise<CycleResult> {
  // Short, and a cycle that is cancelled meanwhile has a report to write, for which its plan is needed.
  const plan = await CancellationScope.nonCancellable(async () => {
    await database.enterPhase({ ref, phase: 'preflight', note: state.note });
    return database.preflight(ref);
  });
  const cycle: Cycle = { ref, plan, state };
  const ending = await endOf(cycle);
  // What it has come to, an alias that has moved among it, is not undone by who cancels it now.
  return CancellationScope.nonCancellable(() => report(cycle, ending));
}

async function endOf(cycle: Cycle): Promise<Ending> {
  try {
    return await withinWall(cycle.plan.walls, 'all', () => phases(cycle));
  } catch (error) {
    const ending = endingOf(error);
    if (ending === null) throw error;
    return ending;
  }
}

async function report(cycle: Cycle, ending: Ending): Promise<CycleResult> {
  const { ref, state, plan } = cycle;
  await enter(cycle, 'report', ending.why);
  const written = await compute.writeReport({ ref, ...ending });
  state.outcome = ending.outcome;
  state.verdict = ending.verdict;
  setCurrentDetails(written.summary);
  if (plan.searchAttributes)
    upsertSearchAttributes([
      { key: VERDICT, value: ending.verdict ?? ending.outcome },
      ...(written.score === null ? [] : [{ key: SCORE, value: written.score }]),
    ]);
  return {
    outcome: ending.outcome,
    verdict: ending.verdict,
    evidenceHash: written.evidenceHash,
    summary: written.summary,
  };
}

// What ends a cycle with a report of its own; everything else fails the workflow, with its reason in the UI.
function endingOf(error: unknown): Ending | null {
  if (isCancellation(error))
    return { outcome: 'cancelled', verdict: null, why: 'cancelled by a person' };
  const cause = failureIn(error);
  if (cause === null) return null;
  const outcome = outcomeIn(cause);
  return outcome === null ? null : { outcome, verdict: null, why: cause.message };
}

function outcomeIn(cause: ApplicationFailure): Outcome | null {
  if (ownFailing(cause)?.kind === 'spent') return 'budget';
  const [detail] = (cause.details ?? []) as readonly { readonly outcome?: Outcome }[];
  return detail?.outcome ?? null;
}
