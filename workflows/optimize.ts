import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { evaluateRange } from './batches.ts';
import { models, steps } from './proxies.ts';

export type OptimizeInput = {
  readonly ref: CycleRef;
  readonly turn: number;
  /** The engine of an alignment that wants better instructions of its judge; absent: prompts of the agent are searched for. */
  readonly engine?: string;
};
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
  const { ref, engine } = input;
  const judges = engine === undefined ? undefined : { ref, engine };
  for (let turn = input.turn; ; turn += 1) {
    if (turn > input.turn && isLong())
      return continueAsNew<typeof optimizeWorkflow>({ ...input, turn });
    const step = await (judges === undefined
      ? steps.stepOptimize({ ref, turn })
      : steps.stepJudgeSearch({ ...judges, turn }));
    setCurrentDetails(step.note);
    if (step.done) break;
    const { run, from, to, reflections } = step;
    const range = { project: ref.project, run, from, to, agent: true, ...(judges && { judges }) };
    const asked = { ref, turn, asks: reflections, ...(judges && { engine: judges.engine }) };
    await Promise.all([
      to > from ? evaluateRange(range) : null,
      reflections.length > 0 ? models.reflect(asked) : null,
    ]);
  }
  return judges === undefined ? steps.finishOptimize(ref) : steps.finishJudgeSearch(judges);
}
