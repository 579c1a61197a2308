import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { AgentDeps, CycleRef } from '../../../activities/deps.ts';
import {
  type Activities,
  type AgentActivities,
  createActivities,
} from '../../../activities/index.ts';
import { createAgentActivities } from '../../../activities/evaluate/rollouts.ts';
import type { LabelLine } from '../../../contracts/label.ts';
import { enoughLabels } from '../../../contracts/session.ts';
import type { ItemView } from '../../../contracts/session-view.ts';
import { recordLabels } from '../../../db/labels/labels.ts';
import { listItemContents } from '../../../db/labels/items.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';

type Does = Activities & AgentActivities;
type Planned = { readonly run: string; readonly total: number };
type Drive = { readonly does: Does; readonly deps: AgentDeps; readonly ref: CycleRef };
type LabelOf = (item: Pick<ItemView, 'trace_id' | 'inputs' | 'outputs'>) => LabelLine;

/** One activity after the other, as the workflows of a cycle call them (workflows/phases.ts): only Temporal between them is left out. */
export async function driveCycle(
  deps: AgentDeps,
  { ref, labelOf, run = plainly }: Driving,
): Promise<{ readonly finalist: boolean; readonly why: string }> {
  const drive = {
    does: inActivity({ ...createActivities(deps), ...createAgentActivities(deps) }, run),
    deps,
    ref,
  };
  const { does } = drive;
  await does.preflight(ref);
  await does.checkModels(ref);
  await does.canary(ref);
  await measure(drive, await does.planEvaluate(ref));
  await does.tagTraces(ref);
  await label(drive, labelOf);
  await align(drive);
  await measure(drive, await does.planBaseline(ref));
  const found = await search(drive);
  if (!found.finalist) return found;
  await measure(drive, await does.freezeGate(ref));
  const { verdict, why } = await does.decideGate(ref);
  if (verdict === 'promote') await does.promoteAlias({ ref, approvedBy: 'ada' });
  await does.writeReport({
    ref,
    outcome: verdict === 'promote' ? 'promoted' : 'inconclusive',
    verdict,
    why,
  });
  return found;
}

type Driving = {
  readonly ref: CycleRef;
  readonly labelOf: LabelOf;
  /** How an activity is run; default once, in a context of its own. */
  readonly run?: RunActivity;
};
export type RunActivity = (work: Work, input: unknown, name: string) => Promise<unknown>;
export type Work = (input: unknown) => Promise<unknown>;

const plainly: RunActivity = (work, input) => new MockActivityEnvironment().run(work, input);

/** Each activity in an activity context of its own. */
function inActivity(activities: Does, run: RunActivity): Does {
  const wrapped = Object.entries(activities).map(([name, work]) => [
    name,
    (input: unknown) => run(work as Work, input, name),
  ]);
  return Object.fromEntries(wrapped) as Does;
}

async function measure({ does, ref }: Drive, { run, total }: Planned): Promise<void> {
  const work = { project: ref.project, run, from: 0, to: total };
  await does.runRollouts(work);
  await does.judgeRollouts(work);
}

async function label({ does, deps, ref }: Drive, labelOf: LabelOf): Promise<void> {
  const { project } = ref;
  const { id: session } = await does.openSession({ ref, round: 1 });
  const items = await listItemContents(deps.db, { project, session });
  const lines = items.map(({ traceId, ...item }) => labelOf({ trace_id: traceId, ...item }));
  await recordLabels(deps.db, { project, lines, now: deps.now(), faultOf: answerFault });
  const counts = await does.countLabels({ project, session });
  assert.ok(enoughLabels(counts), JSON.stringify(counts));
  await does.closeSession({ ref, session, ended: 'target' });
}

async function align({ does, ref }: Drive): Promise<void> {
  const { engines } = await does.prepareAlign(ref);
  for (const engine of engines)
    for (let turn = 0; ; turn += 1) {
      const step = await does.stepAlign({ ref, engine, turn });
      assert.equal(step.failed, null);
      if (step.done) break;
      await Promise.all(step.asks.map((ask) => does.answerAlign({ ref, engine, turn, ask })));
    }
  const { runs } = await does.finishAlign(ref);
  for (const { run, total } of runs)
    await does.judgeRollouts({ project: ref.project, run, from: 0, to: total });
  await does.reportAlign(ref);
}

async function search({ does, ref }: Drive): ReturnType<Does['finishOptimize']> {
  for (let turn = 0; ; turn += 1) {
    const { done, run, from, to, reflections } = await does.stepOptimize({ ref, turn });
    if (done) return does.finishOptimize(ref);
    const work = { project: ref.project, run, from, to };
    if (to > from) {
      await does.runRollouts(work);
      await does.judgeRollouts(work);
    }
    await does.reflect({ ref, turn, asks: reflections });
  }
}
