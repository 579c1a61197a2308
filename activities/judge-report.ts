import type { JudgeVersion } from '../contracts/scorer.ts';
import type { AlignmentReport, JudgeReport } from '../contracts/report.ts';
import type { Value } from '../contracts/value.ts';
import { MAIN_ENGINE, recordedOf, type TestedItem } from '../domain/align/align-input.ts';
import * as cycles from '../db/cycles.ts';
import { createJudgeVersion, getJudge } from '../db/judges.ts';
import * as runs from '../db/runs.ts';
import { alignmentFacts } from '../domain/align/alignment-report.ts';
import { buildJudgeReport, type JudgeReportParts } from '../domain/align/judge-report.ts';
import { itemKey } from '../domain/label/consensus.ts';
import { engineResult, type EngineResult, memoryOf } from './aligned-judge.ts';
import { type Alignment, alignmentOf } from './alignment.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from './deps.ts';
import { openRun } from './measure.ts';

type Verdicts = { readonly run: string; readonly total: number };
export type Adopted = {
  readonly adopted: boolean;
  /** `name@number` of the judge that measures from here on. */
  readonly judge: string;
  readonly why: string;
  /** Whether base and aligned judge could be compared at all. */
  readonly measured: boolean;
};

/** Name of the run in which the base judge judges what no evaluation of it has. */
const BASE = 'base';
const verdictsRun = (ref: CycleRef, name: string): string => `${prefixOf(ref)}/${name}/verdicts`;

/** Makes a judge of each engine's result, and plans its verdicts on the items it never saw, and those of the base judge that lack. */
export async function finishAlign(
  deps: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly runs: readonly Verdicts[] }> {
  const alignment = await alignmentOf(deps, ref);
  const of = { deps, ref, alignment };
  const planned: Verdicts[] = [];
  for (const name of Object.keys(alignment.engines)) {
    const judge = await judgeOf({ ...of, name });
    if (judge === null) continue;
    const tests = new Set(alignment.engines[name]!.test);
    const items = alignment.items.filter((item) => tests.has(itemKey(item)));
    planned.push(await planVerdicts({ ...of, name, judge, items }));
  }
  const unknown = testedOf(alignment).filter(({ base }) => base === null);
  if (alignment.kind === 'align' && unknown.length > 0)
    planned.push(
      await planVerdicts({ ...of, name: BASE, judge: alignment.base.id, items: unknown }),
    );
  return { runs: planned.filter(({ total }) => total > 0) };
}

type Of = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly alignment: Alignment;
  readonly name: string;
};

/** Null where the engine found nothing better than the base judge. */
async function judgeOf(of: Of): Promise<string | null> {
  const result = await engineResult(of);
  if (result.outcome === 'no-candidate') return null;
  const { version } = await createJudgeVersion(of.deps.db, {
    project: of.ref.project,
    definition: result.definition,
    memory: await memoryOf(of, result),
    kind: of.name === MAIN_ENGINE ? 'trial' : 'fold',
  });
  return version.id;
}

async function planVerdicts(
  of: Of & { readonly judge: string; readonly items: readonly TestedItem[] },
): Promise<Verdicts> {
  const { deps, ref, alignment, name, judge, items } = of;
  const run = verdictsRun(ref, name);
  const kind = alignment.kind === 'align' ? 'judge-test' : 'verdicts';
  await openRun(deps.db, ref, { name: run, kind, scorers: [judge] });
  await runs.addArmOfHashes(deps.db, { project: ref.project, run, arm: 'recorded', prompts: {} });
  const cells = runs.recordedCells(items.map(recordedOf));
  const { to } = await runs.planRollouts(deps.db, { project: ref.project, run, cells });
  return { run, total: to };
}

/** Items that some engine did not learn from. */
function testedOf({ engines, items }: Alignment): readonly TestedItem[] {
  const tested = new Set(Object.values(engines).flatMap(({ test }) => test));
  return items.filter((item) => tested.has(itemKey(item)));
}

/** The judge report on labels that alignment never saw, and the choice between base and aligned judge. */
export async function reportAlign(deps: ActivityDeps, ref: CycleRef): Promise<Adopted> {
  const { db } = deps;
  const alignment = await alignmentOf(deps, ref);
  const result = await engineResult({ deps, ref, alignment, name: MAIN_ENGINE });
  const trial = await trialOf(db, ref, result);
  const report = buildJudgeReport({
    ...(await judged(deps, ref, alignment)),
    memory:
      trial === null
        ? { none: result.why ?? 'no better instructions were found' }
        : {
            guidelines: trial.memory?.guidelines ?? [],
            snapshots: trial.memory?.snapshots.length ?? 0,
          },
    seed: prefixOf(ref),
  });
  const kept = report.adopted && trial !== null ? await adopt(db, ref, trial) : null;
  const chosen = kept?.id ?? alignment.base.id;
  const facts = factsOf(alignment, result, (kept ?? trial)?.id ?? null);
  const why = [report.why, ...(trial === null ? [] : [result.why ?? []].flat())].join('; ');
  const whole = { ...report, why, alignment: facts };
  await cycles.updateCycle(db, ref, { judge: chosen, judgeReport: whole });
  return endOf(whole, chosen);
}

async function trialOf(
  db: ActivityDeps['db'],
  ref: CycleRef,
  { outcome }: EngineResult,
): Promise<JudgeVersion | null> {
  if (outcome === 'no-candidate') return null;
  const run = verdictsRun(ref, MAIN_ENGINE);
  const { primary } = await runs.getRun(db, { project: ref.project, run });
  return getJudge(db, { project: ref.project, id: primary.id });
}

const endOf = (report: JudgeReport, judge: string): Adopted => ({
  adopted: report.adopted,
  judge,
  why: report.why,
  measured: report.difference !== null || report.alignment?.outcome === 'no-candidate',
});

/** The adopted trial as a version of its own: names mean it from here on. */
async function adopt(
  db: ActivityDeps['db'],
  { project }: CycleRef,
  { definition, memory }: JudgeVersion,
): Promise<JudgeVersion> {
  return (await createJudgeVersion(db, { project, definition, memory })).version;
}

const factsOf = (
  alignment: Alignment,
  result: Pick<EngineResult, 'outcome' | 'contradictions' | 'dropped'>,
  judge: string | null,
): AlignmentReport =>
  alignmentFacts({
    aligner: alignment.policy.aligner,
    base: alignment.base.id,
    judge,
    outcome: result.outcome,
    contradictions: result.contradictions,
    dropped: result.dropped,
    input: alignment,
    type: alignment.definition.value,
    memory: alignment.base.memory,
  });

/** The tested items with what both judges said. */
async function judged(
  deps: ActivityDeps,
  ref: CycleRef,
  alignment: Alignment,
): Promise<Pick<JudgeReportParts, 'method' | 'type' | 'items'>> {
  const names = Object.keys(alignment.engines);
  const aligned = await valuesOf(deps, ref, names);
  const base = await valuesOf(deps, ref, [BASE]);
  const asBase = await testedAsBase(deps, ref, alignment);
  return {
    method: alignment.method,
    type: alignment.definition.value,
    items: testedOf(alignment).map((item) => {
      const key = itemKey(item);
      const said = item.base ?? base.get(key) ?? null;
      const { conversation, labels } = item;
      const after = asBase.has(key) ? said : (aligned.get(key) ?? null);
      return { item: key, conversation, labels, base: said, aligned: after };
    }),
  };
}

/** Items of engines that found nothing better: the judge that they leave is the base judge. */
async function testedAsBase(
  deps: ActivityDeps,
  ref: CycleRef,
  alignment: Alignment,
): Promise<ReadonlySet<string>> {
  if (alignment.policy.aligner !== 'gepa') return new Set();
  const ended = Object.entries(alignment.engines).map(async ([name, { test }]) => {
    const { outcome } = await engineResult({ deps, ref, alignment, name });
    return outcome === 'no-candidate' ? test : [];
  });
  return new Set((await Promise.all(ended)).flat());
}

async function valuesOf(
  { db }: ActivityDeps,
  ref: CycleRef,
  names: readonly string[],
): Promise<ReadonlyMap<string, Value>> {
  const values = new Map<string, Value>();
  for (const name of names) {
    const rows = await runs.loadScores(db, { project: ref.project, run: verdictsRun(ref, name) });
    for (const { example, outputHash, assessment } of rows)
      if (assessment?.value != null && outputHash !== null)
        values.set(itemKey({ example, outputHash }), assessment.value);
  }
  return values;
}

/** Alignment failed: the base judge measures on, and the report says why. */
export async function keepBaseJudge(
  deps: ActivityDeps,
  { ref, reason }: { readonly ref: CycleRef; readonly reason: string },
): Promise<Adopted> {
  const alignment = await alignmentOf(deps, ref);
  const report = buildJudgeReport({
    method: alignment.method,
    type: alignment.definition.value,
    items: alignment.items.map((item) => ({
      item: itemKey(item),
      conversation: item.conversation,
      labels: item.labels,
      base: item.base,
      aligned: null,
    })),
    memory: { none: `alignment failed: ${reason}` },
    seed: prefixOf(ref),
  });
  const facts = factsOf(alignment, { outcome: 'failed', contradictions: [], dropped: {} }, null);
  const whole = { ...report, alignment: facts };
  const { baseJudge } = await cycles.getCycle(deps.db, ref);
  await cycles.updateCycle(deps.db, ref, { judge: baseJudge, judgeReport: whole });
  return endOf(whole, baseJudge);
}
