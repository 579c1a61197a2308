import { hashText } from '../../contracts/hash.ts';
import type { Part } from '../../contracts/part.ts';
import { primaryMetric } from '../../contracts/spec.ts';
import { nameOfVersion } from '../../contracts/scorer.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import * as runs from '../../db/runs/runs.ts';
import { evaluateGates } from '../../domain/evaluate/gates.ts';
import { candidateId } from '../../domain/optimize/run.ts';
import { type ActivityDeps, type CycleRef, evaluateRun, optimizeRun } from '../deps.ts';
import { aggregateRun, openRun } from './measure.ts';

export type Planned = { readonly run: string; readonly total: number };

/** Plans the production prompt on the label parts, under the base judge. */
export async function planEvaluate({ db }: ActivityDeps, ref: CycleRef): Promise<Planned> {
  const cycle = await cycles.getCycle(db, ref);
  const run = evaluateRun(ref);
  const scorers = [cycle.baseJudge, ...cycle.scorers];
  const parts = ['align-labels', 'judge-test'] as const;
  return planIncumbent(db, { ref, run, kind: 'evaluate', scorers, parts });
}

/**
 * Plans the production prompt on train and validation under the judge of this cycle, as the seed candidate of the
 * optimizer's run: the baseline is the search's first measurement, and is paid once.
 */
export async function planBaseline({ db }: ActivityDeps, ref: CycleRef): Promise<Planned> {
  const cycle = await cycles.getCycle(db, ref);
  const scorers = scorersOf(cycle);
  const parts = ['train', 'validation'] as const;
  return planIncumbent(db, { ref, run: optimizeRun(ref), kind: 'optimize', scorers, parts });
}

type Plan = {
  readonly ref: CycleRef;
  readonly run: string;
  readonly kind: 'evaluate' | 'optimize';
  readonly scorers: readonly string[];
  readonly parts: readonly Exclude<Part, 'sealed'>[];
};

async function planIncumbent(db: Db, plan: Plan): Promise<Planned> {
  const { ref, run, kind, scorers, parts } = plan;
  const { project } = ref;
  const cycle = await cycles.getCycle(db, ref);
  const arm = await incumbentArm(db, ref);
  const rows = await datasets.listExamples(db, { project, version: cycle.datasetVersion, parts });
  const total = await db.transaction().execute(async (tx) => {
    await openRun(tx, ref, { name: run, kind, scorers });
    await runs.addArmOfHashes(tx, { project, run, arm: arm.hash, prompts: arm.prompts });
    const cells = rows.map((row) => ({ arm: arm.hash, example: row.id, trial: 0 }));
    return (await runs.planRollouts(tx, { project, run, cells })).to;
  });
  return { run, total };
}

/** What assesses a run of a cycle once its judge is settled, the primary metric's scorer first. */
export function scorersOf({ spec, judge, scorers }: cycles.Cycle): readonly string[] {
  const isPrimary = (id: string): boolean => nameOfVersion(id) === primaryMetric(spec, judge);
  const all = [judge, ...scorers];
  return [...all.filter(isPrimary), ...all.filter((id) => !isPrimary(id))];
}

/** The production prompts of a cycle as an arm: text hash by prompt name, and the arm's content hash. */
export async function incumbentArm(
  db: Db,
  ref: CycleRef,
): Promise<{ readonly hash: string; readonly prompts: Readonly<Record<string, string>> }> {
  const texts = await cycles.incumbentTexts(db, ref);
  const hashes = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, hashText(text)]),
  );
  return { hash: candidateId(hashes), prompts: hashes };
}

/** The gates of the evaluate phase: a failed one is reported, and ends the cycle only where the spec says so. */
export async function checkGates(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly stop: boolean; readonly note: string }> {
  const { spec } = await cycles.getCycle(db, ref);
  const run = { project: ref.project, run: evaluateRun(ref) };
  const { scorers } = await runs.getRun(db, run);
  const sums = await Promise.all(
    scorers.map(
      async ({ id, name }) => [name, await aggregateRun(db, { ...run, scorer: id })] as const,
    ),
  );
  const [, found] = sums[0]!;
  const gates = evaluateGates(spec.gates, Object.fromEntries(sums));
  const open = gates.filter((gate) => gate.state !== 'pass');
  const mean = found.mean === null ? 'nothing was measured' : `mean ${found.mean.toFixed(3)}`;
  const note = [
    `${mean}, ${found.missing} missing, ${found.failed} failed`,
    ...open.map((g) => `gate ${g.scorer}: ${g.why}`),
  ];
  return { stop: open.length > 0 && spec.onGateFail === 'stop', note: note.join('; ') };
}
