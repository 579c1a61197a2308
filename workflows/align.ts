import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { CycleRef } from '../activities/index.ts';
import type { Outcome } from '../contracts/report.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { failureIn, recordFailure } from './failures.ts';
import { optimizeWorkflow } from './optimize.ts';
import { compute, database, models, steps } from './proxies.ts';

export type AlignResult = {
  readonly adopted: boolean;
  /** `name@number` of the judge that measures from here on. */
  readonly judge: string;
  readonly why: string;
  /** Whether base and aligned judge could be compared at all. */
  readonly measured: boolean;
};

/** Alignment on the labels of a cycle, and the proof of it on labels it never saw. */
export async function alignWorkflow(ref: CycleRef): Promise<AlignResult> {
  const learned = await learn(ref);
  if (learned.failed !== null) return keepBase(ref, learned.failed);
  return prove(ref, await models.finishAlign(ref));
}

/** An alignment on its own, from any labels. Started again, it goes on where it stood: no reply that is stored is asked for again. */
export async function alignmentWorkflow(ref: CycleRef): Promise<AlignResult> {
  try {
    await steps.enterPhase({ ref, phase: 'align', note: 'teaching the judge what people said' });
    const learned = await learn(ref);
    if (learned.failed !== null) return await end(ref, await keepBase(ref, learned.failed));
    const made = await models.finishAlign(ref);
    const note = 'judges on labels that alignment never saw';
    await steps.enterPhase({ ref, phase: 'evaluate', note });
    return await end(ref, await prove(ref, made));
  } catch (error) {
    const ending = endingOf(error);
    await (ending === null
      ? recordFailure({ ref, error })
      : CancellationScope.nonCancellable(() => database.endSearch({ ref, ...ending })).catch(
          (unwritten: unknown) => recordFailure({ ref, error: unwritten }),
        ));
    throw error;
  }
}

function endingOf(error: unknown): { readonly outcome: Outcome; readonly why: string } | null {
  if (isCancellation(error)) return { outcome: 'cancelled', why: 'cancelled by a person' };
  const spent = failureIn(error, 'spent');
  return spent === null ? null : { outcome: 'budget', why: spent.message };
}

async function end(ref: CycleRef, result: AlignResult): Promise<AlignResult> {
  await steps.endSearch({ ref, outcome: outcomeOf(result), why: result.why });
  setCurrentDetails(`${result.judge}: ${result.why}`);
  return result;
}

function outcomeOf({ adopted, measured }: AlignResult): Outcome | null {
  if (adopted) return null;
  return measured ? 'rejected' : 'unmeasurable';
}

const keepBase = (ref: CycleRef, reason: string): Promise<AlignResult> =>
  database.keepBaseJudge({ ref, reason });

/** Runs in which judges are measured. */
type Made = Awaited<ReturnType<typeof models.finishAlign>>;

type Ended = { readonly failed: string | null };

/** Runs every engine: one that makes the judge, and those that measure it. */
async function learn(ref: CycleRef): Promise<Ended> {
  const { engines, aligner } = await database.prepareAlign(ref);
  const run = aligner === 'gepa' ? search : distil;
  const ended = await Promise.all(engines.map((engine) => run(ref, engine)));
  return ended.find(({ failed }) => failed !== null) ?? { failed: null };
}

async function prove(ref: CycleRef, { runs }: Made): Promise<AlignResult> {
  await Promise.all(
    runs.map(({ run, total }) =>
      executeChild(evaluateWorkflow, {
        workflowId: `${workflowInfo().workflowId}/verdicts/${run}`,
        workflowTaskTimeout: TASK_TIMEOUT,
        args: [{ project: ref.project, run, from: 0, to: total, agent: false }],
        staticSummary: `verdicts on ${total} labelled items`,
      }),
    ),
  );
  return compute.reportAlign(ref);
}

async function distil(ref: CycleRef, engine: string): Promise<Ended> {
  for (let turn = 0; ; turn += 1) {
    const step = await steps.stepAlign({ ref, engine, turn });
    if (step.done) return { failed: step.failed };
    await Promise.all(
      step.asks.map((ask) =>
        models.answerAlign.executeWithOptions({ summary: `${engine}: ${ask}` }, [
          { ref, engine, turn, ask },
        ]),
      ),
    );
  }
}

async function search(ref: CycleRef, engine: string): Promise<Ended> {
  try {
    await executeChild(optimizeWorkflow, {
      workflowId: `${workflowInfo().workflowId}/search/${engine}`,
      workflowTaskTimeout: TASK_TIMEOUT,
      args: [{ ref, engine, turn: 0 }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `better instructions of the judge: ${engine}`,
    });
    return { failed: null };
  } catch (error) {
    const refused = failureIn(error, 'invalid');
    if (refused === null) throw error;
    return { failed: refused.message };
  }
}
