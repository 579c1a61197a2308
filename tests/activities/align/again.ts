import assert from 'node:assert/strict';
import { practiceModel } from '../../../bench/practice/model.ts';
import { type ActivityDeps, evaluateRun } from '../../../activities/deps.ts';
import type { Adopted } from '../../../activities/align/report.ts';
import { judgeRollouts } from '../../../activities/evaluate/judging.ts';
import { registerAlignment } from '../../../client/judge/register.ts';
import type { Json } from '../../../contracts/json.ts';
import type { JudgeReport } from '../../../contracts/report.ts';
import type { JudgeVersion } from '../../../contracts/scorer.ts';
import { cycleSpec } from '../../../contracts/spec.ts';
import type { Db } from '../../../db/connect.ts';
import { type Cycle, createCycle, getCycle, updateCycle } from '../../../db/cycles/cycles.ts';
import { createJudgeVersion, getJudge } from '../../../db/versions/judges.ts';
import * as runs from '../../../db/runs/runs.ts';
import {
  type Asked,
  type Case,
  depsOf,
  labelCases,
  listening,
  outputsOf,
  plant,
  run,
  type World,
} from './world.ts';

type Lesson = Pick<World, 'definition' | 'cases'>;

export type Again = Lesson & {
  /** Ids of the cases that the base judge was aligned to before. */
  readonly known: ReadonlySet<string>;
  /** Of the cycle's spec. */
  readonly align?: object;
  /** Every reply of the model, in the first alignment and in the second. */
  readonly reply: (asked: Asked, alignment: 1 | 2) => Json;
};

export type AlignedAgain = {
  readonly base: JudgeVersion;
  readonly cycle: Cycle;
  readonly end: Adopted;
  readonly report: JudgeReport;
  /** What the second alignment asked for. */
  readonly asked: readonly Asked[];
};

let worlds = 0;

/**
 * A cycle that aligns its judge again: its base judge learned some of the cases in an earlier alignment, and has judged all of them.
 * At its end a fresh process takes the alignment up once more: that must ask for nothing and come to the same.
 */
export async function alignAgain(db: Db, world: Again): Promise<AlignedAgain> {
  const project = `again-${(worlds += 1)}`;
  const practice = await practiceModel();
  const asked: Asked[] = [];
  let alignment: 1 | 2 = 1;
  const model = listening(practice.model, asked, (one) => world.reply(one, alignment));
  const fresh = () => depsOf(db, model);
  try {
    const base = await firstAlignment(fresh(), project, world);
    await labelCases(db, project, { ...world, cases: world.cases.filter(isNew(world)) });
    const cycle = await evaluated(fresh(), { project, world, base });
    alignment = 2;
    asked.length = 0;
    const end = await run(fresh(), cycle);
    const first = [...asked];
    const ended = await getCycle(db, cycle);
    assert.deepEqual(await run(fresh(), cycle), end);
    assert.equal(asked.length, first.length, 'what is stored is not asked for again');
    return { base, cycle: ended, end, report: ended.judgeReport!, asked: first };
  } finally {
    practice.end();
  }
}

const isNew =
  ({ known }: Again) =>
  ({ id }: Case): boolean =>
    !known.has(id);

/** The judge that an alignment to the known cases makes, as the version that its name means. */
async function firstAlignment(
  deps: ActivityDeps,
  project: string,
  world: Again,
): Promise<JudgeVersion> {
  const { db } = deps;
  const isFresh = isNew(world);
  const cases = world.cases.map((row) => (isFresh(row) ? { ...row, labels: [] } : row));
  await plant(db, project, { definition: world.definition, cases });
  const judge = world.definition.name;
  const cycle = await registerAlignment(db, { project, judge, flags: {} });
  await run(deps, cycle);
  const made = (await getCycle(db, cycle)).judgeReport!.alignment!.judge!;
  const { definition, memory } = await getJudge(db, { project, id: made });
  return (await createJudgeVersion(db, { project, definition, memory })).version;
}

/** A cycle whose base judge has judged the outputs of all cases. */
async function evaluated(
  deps: ActivityDeps,
  of: { readonly project: string; readonly world: Again; readonly base: JudgeVersion },
): Promise<Cycle> {
  const { project, world, base } = of;
  const { db } = deps;
  const { align = {} } = world;
  const known = { dataset: 'messages', agent: 'recorded', prompts: {}, judge: base.name };
  const cycle = await createCycle(db, {
    project,
    cycle: 'second',
    spec: cycleSpec.parse({ cycle: 'second', ...known, align }),
    datasetVersion: 'messages@1',
    baseJudge: base.id,
    incumbent: {},
  });
  await updateCycle(db, cycle, { agentFingerprint: 'recorded' });
  const at = { project, run: evaluateRun(cycle) };
  await runs.createRun(db, {
    ref: cycle,
    name: at.run,
    kind: 'evaluate',
    scorers: [base.id],
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: {},
  });
  await runs.addArmOfHashes(db, { ...at, arm: 'recorded', prompts: {} });
  const outputs = world.cases.map((row) => ({
    example: row.id,
    outputs: outputsOf(row),
    traceId: `t-${row.id}`,
  }));
  const { to } = await runs.planRollouts(db, { ...at, cells: runs.recordedCells(outputs) });
  await judgeRollouts(deps, { ...at, from: 0, to }, new AbortController().signal);
  return cycle;
}
