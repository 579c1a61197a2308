import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { evaluateRange } from './batches.ts';
import { compute, models } from './proxies.ts';

export type OptimizeInput = { readonly ref: CycleRef; readonly turn: number };
export type OptimizeResult = {
  /** A candidate beat the incumbent on validation and is registered as a prompt version. */
  readonly finalist: boolean;
  readonly why: string;
};

/** Events after which a search goes on as a new run: the server suggests it only at 4,096, and a turn adds some more. */
const LONG = 3_000;

const isLong = (): boolean => {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= LONG;
};

/** GEPA, one engine step a turn; state, candidates and rollouts live in the database. */
export async function optimizeWorkflow(input: OptimizeInput): Promise<OptimizeResult> {
  const { ref } = input;
  for (let turn = input.turn; ; turn += 1) {
    if (turn > input.turn && isLong()) return continueAsNew<typeof optimizeWorkflow>({ ref, turn });
    const step = await compute.stepOptimize({ ref, turn });
    setCurrentDetails(step.note);
    if (step.done) break;
    const { run, from, to, reflections } = step;
    await Promise.all([
      to > from ? evaluateRange({ project: ref.project, run, from, to, agent: true }) : null,
      reflections.length > 0 ? models.reflect({ ref, turn, asks: reflections }) : null,
    ]);
  }
  return compute.finishOptimize(ref);
}
