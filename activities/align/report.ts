import type { JudgeVersion } from '../../contracts/scorer.ts';
import type { AlignmentReport, JudgeReport } from '../../contracts/report.ts';
import { MAIN_ENGINE } from '../../domain/align/align-input.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import { createJudgeVersion, getJudge } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';
import { alignmentFacts, type TestedBase } from '../../domain/align/alignment-report.ts';
import { buildJudgeReport, type JudgeReportParts } from '../../domain/align/judge-report.ts';
import type { PairedItem } from '../../domain/align/paired.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import {
  type AlignmentAt,
  planVerdicts,
  testedOf,
  testsOf,
  type Verdicts,
  valuesOf,
  verdictsRun,
} from './verdicts.ts';
import { engineResult, type EngineResult, memoryOf } from './result.ts';
import { type Alignment, alignmentOf } from './prepare.ts';
import { baseValues, knownToBase, planBase } from './base-verdicts.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';

export type Adopted = {
  readonly adopted: boolean;
  /** `name@number` of the judge that measures from here on. */
  readonly judge: string;
  readonly why: string;
  /** Whether base and aligned judge could be compared at all. */
  readonly measured: boolean;
};

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
    planned.push(await planVerdicts(of, { name, judge, items: testsOf(alignment, name) }));
  }
  planned.push(...(await planBase(of)));
  return { runs: planned.filter(({ total }) => total > 0) };
}

/** Null where the engine found nothing better than the base judge. */
async function judgeOf(of: AlignmentAt & { readonly name: string }): Promise<string | null> {
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

/** The judge report on labels that alignment never saw, and the choice between base and aligned judge. */
export async function reportAlign(deps: ActivityDeps, ref: CycleRef): Promise<Adopted> {
  const { db } = deps;
  const alignment = await alignmentOf(deps, ref);
  const result = await engineResult({ deps, ref, alignment, name: MAIN_ENGINE });
  const trial = await trialOf(db, ref, result);
  const found = await judged({ deps, ref, alignment });
  const report = buildJudgeReport({
    ...found,
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
  const made = (kept ?? trial)?.id ?? null;
  const facts = factsOf(alignment, { ...result, judge: made, tested: found.items });
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

type Facts = Pick<EngineResult, 'outcome' | 'contradictions' | 'dropped'> & {
  readonly judge: string | null;
  readonly tested: readonly TestedBase[];
};

const factsOf = (alignment: Alignment, facts: Facts): AlignmentReport =>
  alignmentFacts({
    aligner: alignment.policy.aligner,
    base: alignment.base.id,
    judge: facts.judge,
    outcome: facts.outcome,
    contradictions: facts.contradictions,
    dropped: facts.dropped,
    input: alignment,
    type: alignment.definition.value,
    tested: facts.tested,
  });

type Judged = Pick<JudgeReportParts, 'method' | 'type'> & {
  readonly items: readonly (PairedItem & TestedBase)[];
};

/** The tested items with what both judges said. */
async function judged(of: AlignmentAt): Promise<Judged> {
  const { alignment } = of;
  const aligned = await valuesOf(of, Object.keys(alignment.engines));
  const baseOf = await baseValues(of);
  const asBase = await testedAsBase(of);
  const isKnown = knownToBase(of);
  return {
    method: alignment.method,
    type: alignment.definition.value,
    items: testedOf(alignment).map((item) => {
      const key = itemKey(item);
      const base = baseOf(item);
      const { conversation, labels } = item;
      const after = asBase.has(key) ? base : (aligned.get(key) ?? null);
      return { item: key, conversation, labels, base, aligned: after, known: isKnown(item) };
    }),
  };
}

/** Items of engines that found nothing better: the judge that they leave is the base judge. */
async function testedAsBase({ deps, ref, alignment }: AlignmentAt): Promise<ReadonlySet<string>> {
  if (alignment.policy.aligner !== 'gepa') return new Set();
  const ended = Object.entries(alignment.engines).map(async ([name, { test }]) => {
    const { outcome } = await engineResult({ deps, ref, alignment, name });
    return outcome === 'no-candidate' ? test : [];
  });
  return new Set((await Promise.all(ended)).flat());
}

/** Alignment failed: the base judge measures on, and the report says why. On what it remembers it counts as not measured: no verdict without that was planned. */
export async function keepBaseJudge(
  deps: ActivityDeps,
  { ref, reason }: { readonly ref: CycleRef; readonly reason: string },
): Promise<Adopted> {
  const alignment = await alignmentOf(deps, ref);
  const isKnown = knownToBase({ alignment });
  const tested = alignment.items.map((item) => {
    const { conversation, labels } = item;
    const known = isKnown(item);
    const said = { base: known ? null : item.base, aligned: null };
    return { item: itemKey(item), conversation, labels, ...said, known };
  });
  const report = buildJudgeReport({
    method: alignment.method,
    type: alignment.definition.value,
    items: tested,
    memory: { none: `alignment failed: ${reason}` },
    seed: prefixOf(ref),
  });
  const facts: Facts = { outcome: 'failed', contradictions: [], dropped: {}, judge: null, tested };
  const whole = { ...report, alignment: factsOf(alignment, facts) };
  const { baseJudge } = await cycles.getCycle(deps.db, ref);
  await cycles.updateCycle(deps.db, ref, { judge: baseJudge, judgeReport: whole });
  return endOf(whole, baseJudge);
}
