import type { Selectable } from 'kysely';
import type { Phase } from '../../contracts/progress.ts';
import type {
  CycleReport,
  GateReport,
  JudgeReport,
  Outcome,
  Verdict,
} from '../../contracts/report.ts';
import type { CycleSpec } from '../../contracts/spec.ts';
import { json, jsonOrNull } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { listPromptVersions } from '../versions/prompts.ts';
import type { Database } from '../tables.ts';

export type CycleRef = {
  readonly project: string;
  readonly cycle: string;
  readonly number: number;
};

/** `<name>/<number>`: the name by which a cycle pays and its runs are called. */
export const cycleKey = (ref: CycleRef): string => `${ref.cycle}/${ref.number}`;

/** A whole cycle, a search that stands alone (`attune optimize`), or an alignment that does (`attune judge align`). */
export type CycleKind = 'cycle' | 'optimize' | 'align';

export type Cycle = CycleRef & {
  readonly kind: CycleKind;
  readonly key: string;
  readonly spec: CycleSpec;
  readonly datasetVersion: string;
  readonly baseJudge: string;
  /** Id of the judge that measures: the base judge until an aligned one is adopted. */
  readonly judge: string;
  /** Ids of the scorers that assess its runs beside the judge. */
  readonly scorers: readonly string[];
  /** Version number by prompt name. */
  readonly incumbent: Readonly<Record<string, number>>;
  /** `<name>/<number>` of the inconclusive cycle whose finalist is gated again; null: a cycle of its own. */
  readonly pools: string | null;
  readonly createdAt: string;
} & CycleFacts;

/** What becomes known while a cycle runs. */
export type CycleFacts = {
  /** `failed`: without a result; started again it goes on from what is stored. */
  readonly state: 'running' | 'failed' | 'ended';
  readonly phase: Phase | null;
  readonly outcome: Outcome | null;
  readonly verdict: Verdict | null;
  readonly policyHash: string | null;
  readonly judgeReport: JudgeReport | null;
  readonly judgeKappaLower: number | null;
  readonly optimizeReport: CycleReport['optimize'];
  readonly finalist: Readonly<Record<string, number>> | null;
  readonly finalistHash: string | null;
  readonly agentFingerprint: string | null;
  readonly models: Readonly<Record<string, string>> | null;
  readonly gateReport: GateReport | null;
  readonly note: string | null;
  readonly endedAt: string | null;
};

export type NewCycle = {
  /** Default `cycle`. */
  readonly kind?: CycleKind;
  readonly project: string;
  readonly cycle: string;
  readonly spec: CycleSpec;
  readonly datasetVersion: string;
  readonly baseJudge: string;
  /** Default none. */
  readonly scorers?: readonly string[];
  readonly incumbent: Readonly<Record<string, number>>;
  /** Default none. */
  readonly pools?: string;
};

/** The next cycle of a name; numbers start at 1. */
export function createCycle(db: Db, fresh: NewCycle): Promise<Cycle> {
  const { project, cycle, datasetVersion, baseJudge } = fresh;
  return inTransaction(db, async (tx) => {
    await tx
      .selectFrom('project')
      .select('name')
      .where('name', '=', project)
      .forNoKeyUpdate()
      .execute();
    const last = await tx
      .selectFrom('cycle')
      .select((eb) => eb.fn.max('number').as('number'))
      .where('project', '=', project)
      .where('name', '=', cycle)
      .executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    const row = await tx
      .insertInto('cycle')
      .values({
        project,
        kind: fresh.kind ?? 'cycle',
        key: cycleKey({ project, cycle, number }),
        name: cycle,
        number,
        spec: json(fresh.spec),
        dataset_version: datasetVersion,
        base_judge: baseJudge,
        judge: baseJudge,
        ...(fresh.scorers !== undefined && { scorers: fresh.scorers }),
        incumbent: json(fresh.incumbent),
        pools: fresh.pools ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return cycleOf(row);
  });
}

/** @throws NotFoundError */
export async function getCycle(db: Db, ref: CycleRef): Promise<Cycle> {
  const row = await db
    .selectFrom('cycle')
    .selectAll()
    .where('project', '=', ref.project)
    .where('key', '=', cycleKey(ref))
    .executeTakeFirst();
  if (!row) throw new NotFoundError('cycle', cycleKey(ref), 'see `attune cycle list`');
  return cycleOf(row);
}

/** Newest first, of one kind (`cycle` unless said); of one name where it is given. */
export async function listCycles(
  db: Db,
  {
    project,
    cycle,
    kind = 'cycle',
  }: { readonly project: string; readonly cycle?: string; readonly kind?: CycleKind },
): Promise<readonly Cycle[]> {
  const rows = await db
    .selectFrom('cycle')
    .selectAll()
    .where('project', '=', project)
    .where('kind', '=', kind)
    .$if(cycle !== undefined, (query) => query.where('name', '=', cycle!))
    .orderBy('created_at', 'desc')
    .orderBy('key', 'desc')
    .execute();
  return rows.map(cycleOf);
}

/** Sets the facts given and leaves the others. @throws NotFoundError */
export async function updateCycle(
  db: Db,
  ref: CycleRef,
  facts: Partial<CycleFacts> & { readonly judge?: string },
): Promise<Cycle> {
  const columns = {
    judge: facts.judge,
    state: facts.state,
    phase: facts.phase,
    outcome: facts.outcome,
    verdict: facts.verdict,
    policy_hash: facts.policyHash,
    judge_report: written(facts.judgeReport),
    judge_kappa_lower: facts.judgeKappaLower,
    optimize_report: written(facts.optimizeReport),
    finalist: written(facts.finalist),
    finalist_hash: facts.finalistHash,
    agent_fingerprint: facts.agentFingerprint,
    models: written(facts.models),
    gate_report: written(facts.gateReport),
    note: facts.note,
    ended_at: facts.endedAt,
  };
  const set = Object.fromEntries(Object.entries(columns).filter(([, at]) => at !== undefined));
  if (Object.keys(set).length === 0) return getCycle(db, ref);
  const row = await db
    .updateTable('cycle')
    .set(set)
    .where('project', '=', ref.project)
    .where('key', '=', cycleKey(ref))
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new NotFoundError('cycle', cycleKey(ref), 'see `attune cycle list`');
  return cycleOf(row);
}

const written = (value: unknown): string | null | undefined =>
  value === undefined ? undefined : jsonOrNull(value);

/** Texts of the incumbent by prompt name. */
export async function incumbentTexts(
  db: Db,
  ref: CycleRef,
): Promise<Readonly<Record<string, string>>> {
  const { incumbent } = await getCycle(db, ref);
  return textsOf(db, { project: ref.project, numbers: incumbent });
}

/** Texts of prompt versions by name. @throws NotFoundError */
export async function textsOf(
  db: Db,
  at: { readonly project: string; readonly numbers: Readonly<Record<string, number>> },
): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(at.numbers).map(async ([name, number]) => {
    const versions = await listPromptVersions(db, { project: at.project, name });
    const found = versions.find((version) => version.number === number);
    if (!found) throw new NotFoundError('prompt', `${name}@${number}`, 'see `attune prompt list`');
    return [name, found.text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function cycleOf(row: Selectable<Database['cycle']>): Cycle {
  return {
    project: row.project,
    kind: row.kind,
    cycle: row.name,
    number: row.number,
    key: row.key,
    spec: row.spec,
    datasetVersion: row.dataset_version,
    baseJudge: row.base_judge,
    judge: row.judge,
    scorers: row.scorers,
    incumbent: row.incumbent,
    pools: row.pools,
    state: row.state,
    phase: row.phase,
    outcome: row.outcome,
    verdict: row.verdict,
    policyHash: row.policy_hash,
    judgeReport: row.judge_report,
    judgeKappaLower: row.judge_kappa_lower,
    optimizeReport: row.optimize_report,
    finalist: row.finalist,
    finalistHash: row.finalist_hash,
    agentFingerprint: row.agent_fingerprint,
    models: row.models,
    gateReport: row.gate_report,
    note: row.note,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
