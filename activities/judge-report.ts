import type { JsonObject } from '../contracts/json.ts';
import type { JudgeVersion } from '../contracts/scorer.ts';
import type { Value } from '../contracts/value.ts';
import * as cycles from '../db/cycles.ts';
import * as engine from '../db/engine.ts';
import { createJudgeVersion, getJudge } from '../db/judges.ts';
import * as runs from '../db/runs.ts';
import { buildJudgeReport } from '../domain/align/judge-report.ts';
import type { AlignResult } from '../domain/align/memalign-state.ts';
import { buildMemory } from '../domain/align/memory.ts';
import { itemKey } from '../domain/label/consensus.ts';
import { ALIGN, type Alignment, alignmentOf } from './alignment.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from './deps.ts';
import { openRun } from './measure.ts';

type Verdicts = { readonly run: string; readonly total: number };
export type Adopted = {
  readonly adopted: boolean;
  /** `name@number` of the judge that measures from here on. */
  readonly judge: string;
  readonly why: string;
};

const verdictsRun = (ref: CycleRef, name: string): string => `${prefixOf(ref)}/${name}/verdicts`;

/** Makes a judge version of each engine's result, and plans its verdicts on the items it never saw. */
export async function finishAlign(
  deps: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly runs: readonly Verdicts[] }> {
  const alignment = await alignmentOf(deps.db, ref);
  const planned: Verdicts[] = [];
  for (const name of Object.keys(alignment.engines)) {
    const judge = await judgeOf({ deps, ref, alignment, name });
    const total = await planVerdicts({ deps, ref, alignment, name, judge });
    if (total > 0) planned.push({ run: verdictsRun(ref, name), total });
  }
  return { runs: planned };
}

type Of = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly alignment: Alignment;
  readonly name: string;
};

async function judgeOf({ deps, ref, alignment, name }: Of): Promise<string> {
  const snapshots = alignment.snapshotsOf(name);
  const result = await resultOf(deps, ref, name);
  const pays = { project: ref.project, cycle: prefixOf(ref) };
  const ids = snapshots.map(({ id }) => id);
  const memory = buildMemory({
    guidelines: result.kind === 'aligned' ? result.guidelines : [],
    snapshots,
    vectors: await alignment.embed(deps, ids, pays),
    embeddingModel: alignment.spec.models.embedding ?? deps.models.embedding,
    shown: alignment.policy.shown,
  });
  const { version } = await createJudgeVersion(deps.db, {
    project: ref.project,
    definition: alignment.definition,
    memory,
    kind: name === ALIGN ? 'version' : 'fold',
  });
  return version.id;
}

async function resultOf({ db }: ActivityDeps, ref: CycleRef, name: string): Promise<AlignResult> {
  const last = await engine.lastStep(db, { project: ref.project, run: `${prefixOf(ref)}/${name}` });
  if (last?.result == null)
    throw new Error(`${prefixOf(ref)}/${name}: the alignment has not ended`);
  return last.result as unknown as AlignResult;
}

async function planVerdicts(of: Of & { readonly judge: string }): Promise<number> {
  const { deps, ref, alignment, name, judge } = of;
  const tests = new Set(alignment.engines[name]!.test);
  const items = alignment.items.filter((item) => tests.has(itemKey(item)));
  const run = verdictsRun(ref, name);
  await openRun(deps.db, ref, { name: run, kind: 'verdicts', scorers: [judge] });
  await runs.addArmOfHashes(deps.db, { project: ref.project, run, arm: 'recorded', prompts: {} });
  const cells = items.map((item) => ({
    arm: 'recorded',
    example: item.example,
    trial: 0,
    recorded: { outputs: item.fields['outputs'] as JsonObject, traceId: item.traceId },
  }));
  return (await runs.planRollouts(deps.db, { project: ref.project, run, cells })).to;
}

/** The judge report on labels that alignment never saw, and the choice between base and aligned judge. */
export async function reportAlign({ db }: ActivityDeps, ref: CycleRef): Promise<Adopted> {
  const alignment = await alignmentOf(db, ref);
  const aligned = await alignedValues(db, ref, alignment);
  const tested = new Set(Object.values(alignment.engines).flatMap(({ test }) => test));
  const judge = await alignedJudge(db, ref);
  const report = buildJudgeReport({
    method: alignment.method,
    type: alignment.definition.value,
    items: alignment.items
      .filter((item) => tested.has(itemKey(item)))
      .map(({ conversation, labels, base, ...item }) => ({
        item: itemKey(item),
        conversation,
        labels,
        base,
        aligned: aligned.get(itemKey(item)) ?? null,
      })),
    memory: { guidelines: judge.memory!.guidelines, snapshots: judge.memory!.snapshots.length },
    seed: prefixOf(ref),
  });
  const cycle = await cycles.getCycle(db, ref);
  const chosen = report.adopted ? judge.id : cycle.baseJudge;
  await cycles.updateCycle(db, ref, { judge: chosen, judgeReport: report });
  return { adopted: report.adopted, judge: chosen, why: report.why };
}

async function alignedJudge(db: ActivityDeps['db'], ref: CycleRef): Promise<JudgeVersion> {
  const run = await runs.getRun(db, { project: ref.project, run: verdictsRun(ref, ALIGN) });
  return getJudge(db, { project: ref.project, id: run.primary.id });
}

async function alignedValues(
  db: ActivityDeps['db'],
  ref: CycleRef,
  alignment: Alignment,
): Promise<ReadonlyMap<string, Value>> {
  const values = new Map<string, Value>();
  for (const name of Object.keys(alignment.engines)) {
    const rows = await runs.loadScores(db, { project: ref.project, run: verdictsRun(ref, name) });
    for (const row of rows)
      if (row.assessment?.value != null && row.outputHash !== null)
        values.set(
          itemKey({ example: row.example, outputHash: row.outputHash }),
          row.assessment.value,
        );
  }
  return values;
}

/** Alignment failed: the base judge measures on, and the report says why. */
export async function keepBaseJudge(
  { db }: ActivityDeps,
  { ref, reason }: { readonly ref: CycleRef; readonly reason: string },
): Promise<Adopted> {
  const alignment = await alignmentOf(db, ref);
  const cycle = await cycles.getCycle(db, ref);
  const report = buildJudgeReport({
    method: alignment.method,
    type: alignment.definition.value,
    items: alignment.items.map(({ conversation, labels, base, ...item }) => ({
      item: itemKey(item),
      conversation,
      labels,
      base,
      aligned: null,
    })),
    memory: { none: `alignment failed: ${reason}` },
    seed: prefixOf(ref),
  });
  await cycles.updateCycle(db, ref, { judge: cycle.baseJudge, judgeReport: report });
  return { adopted: false, judge: cycle.baseJudge, why: report.why };
}
