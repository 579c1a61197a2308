import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { compute, database, models } from './proxies.ts';

export type AlignResult = {
  readonly adopted: boolean;
  /** `name@number` of the judge that measures from here on. */
  readonly judge: string;
  readonly why: string;
};

/** MemAlign on the labels of a cycle, and the proof of it on labels it never saw. */
export async function alignWorkflow(ref: CycleRef): Promise<AlignResult> {
  const { engines } = await database.prepareAlign(ref);
  const ended = await Promise.all(engines.map((engine) => runEngine(ref, engine)));
  const failed = ended.find((end) => end.failed !== null);
  if (failed) return database.keepBaseJudge({ ref, reason: failed.failed! });
  const { runs } = await models.finishAlign(ref);
  await Promise.all(
    runs.map(({ run, total }) =>
      executeChild(evaluateWorkflow, {
        workflowId: `${workflowInfo().workflowId}/verdicts/${run}`,
        args: [{ project: ref.project, run, from: 0, to: total, agent: false }],
        staticSummary: `verdicts on ${total} labelled items`,
      }),
    ),
  );
  return compute.reportAlign(ref);
}

async function runEngine(
  ref: CycleRef,
  engine: string,
): Promise<{ readonly failed: string | null }> {
  for (let turn = 0; ; turn += 1) {
    const step = await compute.stepAlign({ ref, engine, turn });
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
