import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { CyclePlan, CycleRef } from '../activities/index.ts';
import type { Outcome } from '../contracts/report.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { failureIn, recordFailure } from './failures.ts';
import { type OptimizeResult, optimizeWorkflow } from './optimize.ts';
import { agents, database, models, steps } from './proxies.ts';
import { withinWall } from './wall.ts';

export type SearchResult = {
  /** Null: a candidate beat the incumbent on validation, which no gate has confirmed. */
  readonly outcome: Outcome | null;
  readonly why: string;
};

/** A search for better prompts on its own: baseline and optimizer, nothing promoted. Started again, it goes on where it stood. */
export async function searchWorkflow(ref: CycleRef): Promise<SearchResult> {
  try {
    return await ended(ref);
  } catch (error) {
    await recordFailure({ ref, error });
    throw error;
  }
}

async function ended(ref: CycleRef): Promise<SearchResult> {
  try {
    return await end(ref, await search(ref));
  } catch (error) {
    const spent = failureIn(error, 'spent');
    if (!isCancellation(error) && spent === null) throw error;
    return CancellationScope.nonCancellable(async () =>
      end(ref, spent === null ? CANCELLED : await outOfBudget(ref, spent.message)),
    );
  }
}

const CANCELLED: SearchResult = { outcome: 'cancelled', why: 'cancelled by a person' };

async function search(ref: CycleRef): Promise<SearchResult> {
  const checking = 'checking data, model and agent';
  const [, { walls }] = await Promise.all([
    steps.enterPhase({ ref, phase: 'preflight', note: checking }),
    database.preflight(ref),
  ]);
  return withinWall(walls, 'all', () => searchWithin(ref, walls));
}

async function searchWithin(ref: CycleRef, walls: CyclePlan['walls']): Promise<SearchResult> {
  // A search on its own should begin at once: neither of the two small calls waits for the other, nor the plan for them.
  const [{ run, total }] = await Promise.all([
    database.planBaseline(ref),
    models.checkModels(ref),
    agents.canary(ref),
  ]);
  const range = { project: ref.project, run, from: 0, to: total, agent: true };
  // No child: the batches of the baseline are the search's own, and its shards where there are many.
  await steps.enterPhase({ ref, phase: 'baseline', note: 'the prompt as it stands' });
  await withinWall(walls, 'baseline', () => evaluateWorkflow(range));
  await steps.enterPhase({ ref, phase: 'optimize', note: 'looking for a better prompt' });
  const found = await withinWall(walls, 'optimize', () =>
    executeChild(optimizeWorkflow, {
      workflowId: `${workflowInfo().workflowId}/optimize`,
      workflowTaskTimeout: TASK_TIMEOUT,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `optimize of ${ref.cycle} ${ref.number}`,
      args: [{ ref, turn: 0 }],
    }),
  );
  return resultOf(found);
}

const resultOf = ({ finalist, why }: OptimizeResult): SearchResult => ({
  outcome: finalist ? null : 'no-candidate',
  why,
});

// What was found before the money ran out is kept: the best candidate known, the incumbent at worst.
async function outOfBudget(ref: CycleRef, why: string): Promise<SearchResult> {
  const { begun } = await steps.concludeOptimize({ ref, why });
  if (begun) await steps.finishOptimize(ref);
  return { outcome: 'budget', why };
}

async function end(ref: CycleRef, result: SearchResult): Promise<SearchResult> {
  await steps.endSearch({ ref, ...result });
  setCurrentDetails(result.why);
  return result;
}
