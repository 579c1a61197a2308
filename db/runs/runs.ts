import { hashJson } from '../../contracts/hash.ts';
import type { RunSpec } from '../../contracts/run.ts';
import type { ScorerVersion } from '../../contracts/scorer.ts';
import { json } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey, getCycle } from '../cycles/cycles.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { type ReadScorers, readScorers } from './scorers.ts';
import { putTexts } from '../versions/texts.ts';

export { planRollouts, recordedCells, type Cell } from './plan.ts';
export {
  countRollouts,
  pendingRollouts,
  type PendingRollout,
  saveRollouts,
  unassessedRollouts,
  type UnassessedRollout,
} from './rollouts.ts';
export { type NewAssessment, saveAssessments } from './assessments.ts';
export {
  loadOpenScores,
  loadResults,
  loadScores,
  type ResultRow,
  type ScoreRow,
} from './scores.ts';

/** `verdicts` of a cycle's aligned judges; `judge-test`: verdicts that are compared with labels outside of a cycle. */
export type RunKind =
  'evaluate' | 'verdicts' | 'judge-test' | 'baseline' | 'optimize' | 'gate' | 'watch';

/** A named piece of evaluation work: of a cycle (`<cycle>/<n>/<phase>`), or standing alone. */
export type Run = {
  readonly project: string;
  readonly name: string;
  readonly kind: RunKind;
  /** `<name>/<number>` of its cycle; null where it stands alone. */
  readonly cycle: string | null;
  /** Under what its model calls are paid: its cycle, or `run/<name>`. */
  readonly payer: string;
  readonly spec: RunSpec;
  readonly datasetVersion: string;
  /** The first of its scorers: its score is meant where no scorer is named. */
  readonly primary: ScorerVersion;
  readonly scorers: readonly ScorerVersion[];
  readonly agent: string;
  readonly agentFingerprint: string;
  readonly models: Readonly<Record<string, string>>;
  readonly gitCommit: string | null;
  /** How often what had failed was asked for again. */
  readonly attempt: number;
  readonly createdAt: string;
  /** Hash over the text hashes of an arm's prompts, by arm. */
  readonly armHashes: Readonly<Record<string, string>>;
  /** Rollouts planned so far. */
  readonly planned: number;
};

export type RunRef = { readonly project: string; readonly run: string };

/** What a run that stands alone has instead of a cycle. */
export type Alone = {
  readonly project: string;
  readonly datasetVersion: string;
  readonly spec: RunSpec;
};

/** Of a cycle, or standing alone. */
export type Owner = { readonly ref: CycleRef } | { readonly alone: Alone };

export type NewRun = Owner & {
  readonly name: string;
  readonly kind: RunKind;
  /** Ids of the scorer versions that assess it, the primary one first. */
  readonly scorers: readonly string[];
  readonly agent: string;
  readonly agentFingerprint: string;
  readonly models: Readonly<Record<string, string>>;
  readonly gitCommit?: string | null;
};

/** The run of this name; a repeat finds it. @throws ConflictError where it has other scorers, data, agent or kind */
export function createRun(db: Db, fresh: NewRun): Promise<Run> {
  return inTransaction(db, async (tx) => {
    const { project } = 'alone' in fresh ? fresh.alone : fresh.ref;
    const [primary] = fresh.scorers;
    if (primary === undefined) throw new RangeError(`run ${fresh.name}: name at least one scorer`);
    const owner = await ownerOf(tx, fresh);
    const { numInsertedOrUpdatedRows: added } = await tx
      .insertInto('run')
      .values({
        project,
        name: fresh.name,
        kind: fresh.kind,
        ...owner,
        primary_scorer: primary,
        agent: fresh.agent,
        agent_fingerprint: fresh.agentFingerprint,
        models: json(fresh.models),
        git_commit: fresh.gitCommit ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added === 1n)
      await tx
        .insertInto('run_scorer')
        .values(
          fresh.scorers.map((scorer, position) => ({ project, run: fresh.name, scorer, position })),
        )
        .execute();
    const run = await getRun(tx, { project, run: fresh.name });
    checkSame(run, {
      ...fresh,
      datasetVersion: owner.dataset_version,
      scorers: fresh.scorers.join(', '),
    });
    return run;
  });
}

async function ownerOf(db: Db, owner: Owner) {
  if ('alone' in owner) {
    const { spec, datasetVersion } = owner.alone;
    return { cycle: null, spec: json(spec), dataset_version: datasetVersion };
  }
  const { datasetVersion } = await getCycle(db, owner.ref);
  return { cycle: cycleKey(owner.ref), spec: null, dataset_version: datasetVersion };
}

const SETTLED = ['kind', 'scorers', 'agent', 'agentFingerprint', 'datasetVersion'] as const;
type Settled = Readonly<Record<(typeof SETTLED)[number], string>>;

function checkSame(run: Run, wanted: Settled): void {
  const found: Settled = { ...run, scorers: run.scorers.map(({ id }) => id).join(', ') };
  for (const key of SETTLED)
    if (found[key] !== wanted[key])
      throw new ConflictError('run', run.name, `${key} ${found[key]} instead of ${wanted[key]}`);
}

/** `scorersOf`: of a process that keeps what it read. @throws NotFoundError */
export async function getRun(db: Db, at: Reading): Promise<Run> {
  const found = await findRun(db, at);
  if (found === null) throw new NotFoundError('run', at.run, 'plan it first');
  return found;
}

type Reading = RunRef & { readonly scorersOf?: ReadScorers };

/** Null where no run has this name. */
export async function findRun(
  db: Db,
  { project, run, scorersOf = readScorers }: Reading,
): Promise<Run | null> {
  const [row, arms, scorers] = await Promise.all([
    runRow(db, { project, run }),
    armsOf(db, { project, run }),
    scorersOf(db, { project, run }),
  ]);
  if (!row) return null;
  return {
    project,
    name: row.name,
    kind: row.kind,
    cycle: row.cycle,
    payer: row.cycle ?? `run/${row.name}`,
    // The table holds one of the two.
    spec: (row.spec ?? row.cycle_spec)!,
    datasetVersion: row.dataset_version,
    primary: scorers[0]!,
    scorers,
    agent: row.agent,
    agentFingerprint: row.agent_fingerprint,
    models: row.models,
    gitCommit: row.git_commit,
    attempt: row.attempt,
    createdAt: row.created_at.toISOString(),
    armHashes: Object.fromEntries(arms.map((arm) => [arm.arm, arm.hash])),
    planned: row.planned,
  };
}

const runRow = (db: Db, { project, run }: RunRef) =>
  db
    .selectFrom('run as r')
    .leftJoin('cycle as c', (join) =>
      join.onRef('c.project', '=', 'r.project').onRef('c.key', '=', 'r.cycle'),
    )
    .selectAll('r')
    .select('c.spec as cycle_spec')
    .where('r.project', '=', project)
    .where('r.name', '=', run)
    .executeTakeFirst();

const armsOf = (db: Db, { project, run }: RunRef) =>
  db
    .selectFrom('run_arm')
    .select(['arm', 'hash'])
    .where('project', '=', project)
    .where('run', '=', run)
    .orderBy('arm')
    .execute();

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
  await addArmsOfHashes(db, { project, run, arms: { [arm]: prompts } });
  return { hash: hashJson(prompts) };
}

/** The same for several arms by name. @throws ConflictError */
export async function addArmsOfHashes(
  db: Db,
  {
    project,
    run,
    arms,
  }: RunRef & { readonly arms: Readonly<Record<string, ArmHashes['prompts']>> },
): Promise<void> {
  const names = Object.keys(arms);
  if (names.length === 0) return;
  const rows = Object.entries(arms).map(([arm, prompts]) => ({
    project,
    run,
    arm,
    hash: hashJson(prompts),
    prompts: json(prompts),
  }));
  await db
    .insertInto('run_arm')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db
    .selectFrom('run_arm')
    .select(['arm', 'hash'])
    .where('project', '=', project)
    .where('run', '=', run)
    .where('arm', 'in', names)
    .execute();
  const stored = new Map(found.map(({ arm, hash }) => [arm, hash]));
  const other = rows.find(({ arm, hash }) => stored.get(arm) !== hash);
  if (other !== undefined) throw new ConflictError('arm', `${run}: ${other.arm}`, 'other texts');
}

/** Whether a cycle has begun to measure anything. */
export async function hasRuns(db: Db, ref: CycleRef): Promise<boolean> {
  const row = await db
    .selectFrom('run')
    .select('name')
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
