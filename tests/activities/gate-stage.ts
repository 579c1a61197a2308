import assert from 'node:assert/strict';
import type { CycleRef } from '../../activities/deps.ts';
import { decideGate, freezeGate, promoteAlias } from '../../activities/promote/gate.ts';
import { openCheck } from '../../activities/label/people-check.ts';
import { observeWatch, openWatch, planWatch, stopWatch } from '../../activities/promote/watch.ts';
import { preflight } from '../../activities/cycle/preflight.ts';
import { importExamples } from '../../operations/dataset/import-examples.ts';
import type { Example } from '../../contracts/example.ts';
import { hashJson, hashText } from '../../contracts/hash.ts';
import type { GateReport, JudgeReport } from '../../contracts/report.ts';
import type { Rollout } from '../../contracts/rollout.ts';
import { nameOfVersion } from '../../contracts/scorer.ts';
import { cycleSpec } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import { moveAlias, standsAt } from '../../db/versions/aliases.ts';
import { type Cycle, createCycle, getCycle, updateCycle } from '../../db/cycles/cycles.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import * as runs from '../../db/runs/runs.ts';
import { createStream } from '../../domain/statistics/stream.ts';
import { DEFINITION } from '../db/fixture.ts';
import { depsOver } from './deps.ts';

/** The activities of the worker over a database. */
export const gateActivities = (db: Db, now = Date.now) => {
  const deps = depsOver(db, { now });
  return {
    preflight: (ref: CycleRef) => preflight(deps, ref),
    freezeGate: (ref: CycleRef) => freezeGate(deps, ref),
    openCheck: (ref: CycleRef) => openCheck(deps, ref),
    decideGate: (ref: CycleRef) => decideGate(deps, ref),
    promoteAlias: (of: { readonly ref: CycleRef; readonly approvedBy: string | null }) =>
      promoteAlias(deps, of),
    openWatch: (ref: CycleRef) => openWatch(deps, ref),
    planWatch: (of: { readonly ref: CycleRef; readonly turn: number }) => planWatch(deps, of),
    observeWatch: (of: { readonly ref: CycleRef; readonly run: string }) => observeWatch(deps, of),
    stopWatch: (ref: CycleRef) => stopWatch(deps, ref),
  };
};

const SYLLABLES = ['ba', 'ko', 'ri', 'mu', 'te', 'lo', 'sa', 'ne', 'vi', 'du', 'pe', 'ga'];

/** Conversations of one row each, their texts of words that no two share by chance. */
export function messages(from: number, to: number, rename = (id: string) => id): Example[] {
  return Array.from({ length: to - from }, (_, i) => {
    const id = rename(`m-${from + i}`);
    const stream = createStream(`message ${from + i}`);
    const word = () => Array.from({ length: 4 }, () => SYLLABLES[stream.below(12)]).join('');
    const inputs = { message: Array.from({ length: 9 }, word).join(' ') };
    return { id, conversation: `c-${id}`, hash: hashJson({ inputs }), inputs, tags: {} };
  });
}

export const importMessages = async (
  db: Db,
  examples: readonly Example[],
  { project = 'p', name = 'messages', salt = 'salt' } = {},
) => {
  const given = { gold: {}, pin: undefined, sealed: 0.45 };
  return (await importExamples({ db, project, name, examples, salt, ...given })).version.id;
};

let projects = 0;
const APART = 1_000;

/** A project of its own with conversations that no other test of the file has: looks are counted by content. */
export async function freshProject(db: Db, count: number) {
  projects += 1;
  const project = `p-${projects}`;
  const from = projects * APART;
  const upTo = (to: number) => messages(from, from + to);
  const rows = upTo(count);
  const version = await importMessages(db, rows, { project });
  /** The dataset with the conversations after these too. */
  const grow = (to: number) => importMessages(db, upTo(to), { project });
  return { project, from, rows, version, grow };
}

export type Staged = {
  readonly project?: string;
  readonly name?: string;
  readonly version: string;
  /** Fields of the gate policy; one trial unless said. */
  readonly gate?: object;
  readonly fields?: object;
  /** Lower bound of the judge's kappa. */
  readonly kappa?: number;
  /** Names of judges beside the primary one. */
  readonly beside?: readonly string[];
};

/** A cycle that has come to its gate: preflight done, judge measured, finalist `better` registered as version 2. */
export async function cycleAtGate(db: Db, staged: Staged): Promise<Cycle> {
  const { project = 'p', name = 'demo', version, kappa = 0.5, beside = [] } = staged;
  const { version: first } = await registerPrompt(db, { project, name: 'router', text: 'Route.' });
  if ((await standsAt(db, { project, prompt: 'router', alias: 'production' })) === null)
    await moveAlias(db, {
      project,
      prompt: 'router',
      alias: 'production',
      expected: null,
      to: first.number,
      who: 'ada',
      why: 'first',
    });
  const judges = [];
  for (const own of [DEFINITION.name, ...beside]) {
    const definition = { ...DEFINITION, name: own };
    judges.push((await createJudgeVersion(db, { project, definition, memory: null })).version.id);
  }
  const [judge = '', ...scorers] = judges;
  const incumbent = (await standsAt(db, { project, prompt: 'router', alias: 'production' }))!;
  const spec = cycleSpec.parse({
    cycle: name,
    dataset: version.split('@')[0],
    prompts: { router: null },
    agent: { kind: 'prompt', name: 'router', prompt: 'router' },
    judge: 'routing',
    scorers: beside,
    label: { minimum: 1 },
    gate: { trials: 1, ...staged.gate },
    ...staged.fields,
  });
  const cycle = await createCycle(db, {
    project,
    cycle: name,
    spec,
    datasetVersion: version,
    baseJudge: judge,
    scorers,
    incumbent: { router: incumbent },
  });
  await gateActivities(db).preflight(cycle);
  const better = await registerPrompt(db, { project, name: 'router', text: `Route better.` });
  await updateCycle(db, cycle, {
    finalist: { router: better.version.number },
    finalistHash: hashText('better'),
    judgeReport: judgeReportOf(kappa),
  });
  return getCycle(db, cycle);
}

/** A cycle that gates the finalist of an inconclusive one again, as `attune cycle pool` makes it. */
export async function pooledCycle(db: Db, earlier: Cycle, version: string): Promise<Cycle> {
  const { project, spec, baseJudge, incumbent, finalist, finalistHash, judgeReport } = earlier;
  const cycle = await createCycle(db, {
    project,
    cycle: earlier.cycle,
    spec,
    datasetVersion: version,
    baseJudge,
    incumbent,
    pools: earlier.key,
  });
  await updateCycle(db, cycle, { finalist, finalistHash, judgeReport });
  await gateActivities(db).preflight(cycle);
  return getCycle(db, cycle);
}

const judgeReportOf = (kappaLower90: number): JudgeReport => {
  const agreement = {
    n: 80,
    accuracy: 0.8,
    accuracyInterval: null,
    kappa: 0.6,
    kappaInterval: null,
    kappaLower90,
    truePositiveRate: 0.8,
    trueNegativeRate: 0.8,
    prevalence: 0.5,
    confusion: {},
  };
  return {
    method: 'held-out',
    base: agreement,
    aligned: null,
    difference: null,
    ceiling: [],
    adopted: false,
    why: 'a test',
    guidelines: [],
    snapshots: 0,
    contested: 0,
  };
};

/** What one cell comes to: a score, the agent's own failure, or nothing measured. */
export type Outcome = number | 'failed' | 'missing';
export type World = (cell: {
  readonly arm: 'incumbent' | 'finalist';
  /** Place of the sealed example, from 0. */
  readonly place: number;
  readonly of: number;
}) => Outcome;

/** What judges beside the primary one say of a cell, by name. */
export type Beside = Readonly<Record<string, (cell: Parameters<World>[0]) => number>>;

/** Both arms of a frozen gate answer as the world says. */
export const measure = (db: Db, cycle: Cycle, world: World, beside?: Beside): Promise<void> =>
  measureRun(db, { cycle, run: `${cycle.key}/gate`, beside }, world);

type Measuring = {
  readonly cycle: Cycle;
  readonly run: string;
  readonly beside?: Beside | undefined;
};

/** Both arms of a run answer as the world says: old and new, whatever the run calls them. */
export async function measureRun(
  db: Db,
  { cycle, run, beside = {} }: Measuring,
  world: World,
): Promise<void> {
  const at = { project: cycle.project, run };
  const pending = await runs.pendingRollouts(db, { ...at, from: 0, to: 100_000 });
  const ids = [...new Set(pending.map((row) => row.example.id))].sort();
  const cells = pending.map((row) => {
    const cell = {
      arm:
        row.arm === 'finalist' || row.arm === 'promoted'
          ? ('finalist' as const)
          : ('incumbent' as const),
      place: ids.indexOf(row.example.id),
      of: ids.length,
    };
    return { row, cell, outcome: world(cell) };
  });
  const rollouts = cells.map(({ row, outcome }): Rollout => {
    const outputs = typeof outcome === 'number' ? { route: `${row.arm} ${outcome}` } : null;
    return {
      run: at.run,
      ordinal: row.ordinal,
      arm: row.arm,
      example: row.example.id,
      trial: row.trial,
      outputs,
      error: null,
      latencyMs: 1,
      price: 0,
      status: typeof outcome === 'number' ? 'ok' : outcome,
      outputHash: outputs === null ? null : hashJson(outputs),
      traceId: hashJson([at.run, row.arm, row.example.id, row.trial]).slice(0, 32),
    };
  });
  await runs.saveRollouts(db, { project: at.project, rollouts });
  const assessments = cells.flatMap(({ row, cell, outcome }) => {
    if (typeof outcome !== 'number') return [];
    const said = (scorer: string, score: number) => ({
      ordinal: row.ordinal,
      scorer,
      assessment: {
        name: nameOfVersion(scorer),
        value: score >= 0.5,
        score,
        rationale: 'r',
        error: null,
        source: `judge:${scorer}`,
        evidence: {},
      },
    });
    const others = cycle.scorers.map((id) => said(id, beside[nameOfVersion(id)]!(cell)));
    return [said(cycle.judge, outcome), ...others];
  });
  await runs.saveAssessments(db, { ...at, assessments });
}

/** The whole gate of a cycle in a world: frozen, measured, decided. */
export async function runGate(
  db: Db,
  cycle: Cycle,
  world: World,
  beside?: Beside,
): Promise<GateReport> {
  const activities = gateActivities(db);
  await activities.freezeGate(cycle);
  await measure(db, cycle, world, beside);
  await activities.decideGate(cycle);
  const { gateReport } = await getCycle(db, cycle);
  assert.ok(gateReport, 'the gate decided');
  return gateReport;
}

/** The incumbent passes `base` of the examples, the finalist `gain` more, interleaved. */
export const planted =
  (gain: number, base = 0.5): World =>
  ({ arm, place }) =>
    Number((place * 0.618_033_988_7) % 1 < (arm === 'finalist' ? base + gain : base));
