import { hashJson } from '../contracts/hash.ts';
import type { JudgeVersion } from '../contracts/judge.ts';
import type { CycleSpec } from '../contracts/spec.ts';
import { json } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { type CycleRef, cycleKey, getCycle } from './cycles.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { getJudge } from './judges.ts';
import { putTexts } from './texts.ts';

export { planRollouts, type Cell } from './plan.ts';
export {
  countRollouts,
  pendingRollouts,
  type PendingRollout,
  saveRollouts,
  unjudgedRollouts,
  type UnjudgedRollout,
} from './rollouts.ts';
export { type NewAssessment, saveAssessments } from './assessments.ts';
export { loadResults, loadScores, type ResultRow, type ScoreRow } from './scores.ts';

export type RunKind = 'evaluate' | 'verdicts' | 'baseline' | 'optimize' | 'gate';

/** A named piece of evaluation work of a cycle: `<cycle>/<n>/<phase>`. */
export type Run = {
  readonly project: string;
  readonly name: string;
  readonly kind: RunKind;
  /** `<name>/<number>` of its cycle. */
  readonly cycle: string;
  readonly spec: CycleSpec;
  readonly datasetVersion: string;
  readonly judge: JudgeVersion;
  readonly agent: string;
  readonly agentFingerprint: string;
  readonly models: Readonly<Record<string, string>>;
  readonly gitCommit: string | null;
  /** Hash over the text hashes of an arm's prompts, by arm. */
  readonly armHashes: Readonly<Record<string, string>>;
  /** Rollouts planned so far. */
  readonly planned: number;
};

export type RunRef = { readonly project: string; readonly run: string };

export type NewRun = {
  readonly ref: CycleRef;
  readonly name: string;
  readonly kind: RunKind;
  /** Id of the judge version that assesses it. */
  readonly judge: string;
  readonly agent: string;
  readonly agentFingerprint: string;
  readonly models: Readonly<Record<string, string>>;
  readonly gitCommit?: string | null;
};

/** The run of this name; a repeat finds it. @throws ConflictError where it has another judge, agent or kind */
export async function createRun(db: Db, fresh: NewRun): Promise<Run> {
  const { ref, name, kind, judge, agent, agentFingerprint, models } = fresh;
  const { datasetVersion } = await getCycle(db, ref);
  await db
    .insertInto('run')
    .values({
      project: ref.project,
      name,
      kind,
      cycle: cycleKey(ref),
      dataset_version: datasetVersion,
      judge,
      agent,
      agent_fingerprint: agentFingerprint,
      models: json(models),
      git_commit: fresh.gitCommit ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const run = await getRun(db, { project: ref.project, run: name });
  const found = {
    kind: run.kind,
    judge: run.judge.id,
    agent: run.agent,
    agentFingerprint: run.agentFingerprint,
  };
  const wanted = { kind, judge, agent, agentFingerprint };
  for (const key of ['kind', 'judge', 'agent', 'agentFingerprint'] as const)
    if (found[key] !== wanted[key])
      throw new ConflictError('run', name, `${key} ${found[key]} instead of ${wanted[key]}`);
  return run;
}

/** @throws NotFoundError */
export async function getRun(db: Db, { project, run }: RunRef): Promise<Run> {
  const row = await db
    .selectFrom('run as r')
    .innerJoin('cycle as c', (join) =>
      join.onRef('c.project', '=', 'r.project').onRef('c.key', '=', 'r.cycle'),
    )
    .selectAll('r')
    .select('c.spec')
    .where('r.project', '=', project)
    .where('r.name', '=', run)
    .executeTakeFirst();
  if (!row) throw new NotFoundError('run', run, 'plan it first');
  const arms = await db
    .selectFrom('run_arm')
    .select(['arm', 'hash'])
    .where('project', '=', project)
    .where('run', '=', run)
    .orderBy('arm')
    .execute();
  return {
    project,
    name: row.name,
    kind: row.kind,
    cycle: row.cycle,
    spec: row.spec,
    datasetVersion: row.dataset_version,
    judge: await getJudge(db, { project, id: row.judge }),
    agent: row.agent,
    agentFingerprint: row.agent_fingerprint,
    models: row.models,
    gitCommit: row.git_commit,
    armHashes: Object.fromEntries(arms.map((arm) => [arm.arm, arm.hash])),
    planned: row.planned,
  };
}

type ArmTexts = RunRef & {
  readonly arm: string;
  /** Text by prompt name. */
  readonly texts: Readonly<Record<string, string>>;
};

/** Names an arm by the texts of its prompts; a repeat changes nothing. @throws ConflictError */
export function addArm(
  db: Db,
  { project, run, arm, texts }: ArmTexts,
): Promise<{ readonly hash: string }> {
  return inTransaction(db, async (tx) => {
    const names = Object.keys(texts).sort();
    const hashes = await putTexts(tx, { project, texts: names.map((name) => texts[name]!) });
    const prompts = Object.fromEntries(names.map((name, i) => [name, hashes[i]!]));
    return addArmOfHashes(tx, { project, run, arm, prompts });
  });
}

type ArmHashes = RunRef & {
  readonly arm: string;
  /** Hash of a stored text by prompt name. */
  readonly prompts: Readonly<Record<string, string>>;
};

/** Names an arm by the hashes of texts stored before; a repeat changes nothing. @throws ConflictError */
export async function addArmOfHashes(
  db: Db,
  { project, run, arm, prompts }: ArmHashes,
): Promise<{ readonly hash: string }> {
  const hash = hashJson(prompts);
  await db
    .insertInto('run_arm')
    .values({ project, run, arm, hash, prompts: json(prompts) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db
    .selectFrom('run_arm')
    .select('hash')
    .where('project', '=', project)
    .where('run', '=', run)
    .where('arm', '=', arm)
    .executeTakeFirst();
  if (found?.hash !== hash) throw new ConflictError('arm', `${run}: ${arm}`, 'other texts');
  return { hash };
}
