import { sql } from 'kysely';
import type { CycleReport } from '../../contracts/report.ts';
import type { Percentiles } from '../../contracts/percentiles.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import type { RunRef } from './runs.ts';

/** Evaluations that stand alone: runs without a cycle, named `evaluate/<name>`. */
export const evaluationRun = (name: string): string => `evaluate/${name}`;
export const evaluationName = (run: string): string => run.replace(/^evaluate\//, '');

/** The run that a person means: an evaluation by its name, or any run by its own. @throws NotFoundError */
export async function namedRun(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<string> {
  const meant = [evaluationRun(name), name];
  const rows = await db
    .selectFrom('run')
    .select('name')
    .where('project', '=', project)
    .where('name', 'in', meant)
    .execute();
  const found = meant.find((run) => rows.some((row) => row.name === run));
  if (found === undefined)
    throw new NotFoundError('evaluation', name, 'see `attune evaluate list`');
  return found;
}

/** `<prefix>-<n>`: the first that no evaluation of the project has. */
export async function freeEvaluationName(
  db: Db,
  { project, prefix }: { readonly project: string; readonly prefix: string },
): Promise<string> {
  const rows = await db
    .selectFrom('run')
    .select('name')
    .where('project', '=', project)
    .where('cycle', 'is', null)
    .execute();
  const taken = new Set(rows.map((row) => row.name));
  let n = 1;
  while (taken.has(evaluationRun(`${prefix}-${n}`))) n += 1;
  return `${prefix}-${n}`;
}

export type EvaluationEntry = {
  readonly run: string;
  readonly agent: string;
  readonly dataset: string;
  readonly scorers: readonly string[];
  readonly rows: number;
  readonly createdAt: string;
};

type Listed = {
  readonly project: string;
  readonly agent?: string;
  /** The newest of them. */
  readonly last: number;
};

/** Evaluations that stand alone, oldest first. */
export async function listEvaluations(
  db: Db,
  { project, agent, last }: Listed,
): Promise<readonly EvaluationEntry[]> {
  const { rows } = await sql<EvaluationEntry & { readonly at: Date }>`
    select r.name as run, r.agent, r.dataset_version as dataset, r.planned as rows,
      r.created_at as at, array(select s.scorer::text from run_scorer s
        where s.project = r.project and s.run = r.name order by s.position) as scorers
    from run r
    where r.project = ${project} and r.cycle is null and r.kind = 'evaluate'
      and (${agent ?? null}::text is null or r.agent = ${agent ?? null})
    order by r.created_at desc, r.name desc limit ${last}`.execute(db);
  return rows.toReversed().map(({ at, ...row }) => ({ ...row, createdAt: at.toISOString() }));
}

/** The prompts under evaluation by name: the version that holds the text, such as `router@3`, else the hash of the text. */
export async function promptsOf(
  db: Db,
  { project, run }: RunRef,
): Promise<Readonly<Record<string, string>>> {
  const { rows } = await sql<{ name: string; hash: string; number: number | null }>`
    select p.key as name, p.value as hash, v.number
    from run_arm a cross join lateral json_each_text(a.prompts) p
    left join prompt_version v on v.project = a.project and v.prompt = p.key and v.hash = p.value
    where a.project = ${project} and a.run = ${run} order by a.arm, p.key`.execute(db);
  return Object.fromEntries(
    rows.map(({ name, hash, number }) => [
      name,
      number === null ? hash.slice(0, 12) : `${name}@${number}`,
    ]),
  );
}

export type EvaluationProgress = {
  /** Verdicts wanted: one for each scorer and rollout whose agent did not fail. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly score: number | null;
  readonly usd: number;
};

/** How far an evaluation has come, counted from what is stored. */
export async function evaluationProgress(
  db: Db,
  { project, run }: RunRef,
): Promise<EvaluationProgress> {
  const { rows } = await sql<EvaluationProgress>`
    with scorers as (
      select count(*)::integer as n from run_scorer where project = ${project} and run = ${run}
    ), work as (
      select count(*)::integer as rollouts,
        (count(*) filter (where status in ('failed', 'missing')))::integer as ended
      from rollout where project = ${project} and run = ${run}
    ), said as (
      select count(*)::integer as n, count(error)::integer as failed, avg(score) as score
      from assessment where project = ${project} and run = ${run} and repeat = 0
    ), paid as (
      select coalesce(sum(price), 0)::double precision as usd from model_reply
      where project = ${project} and cycle = ${`run/${run}`}
    )
    select scorers.n * work.rollouts as total, said.n + scorers.n * work.ended as done,
      said.failed + scorers.n * work.ended as failed, said.score, paid.usd
    from scorers, work, said, paid`.execute(db);
  return rows[0]!;
}

/**
 * Makes ready to be done again what failed and was not the agent's doing: verdicts with an error, and rollouts that are missing. The
 * attempt of the run is part of the draw of every call made from then on, so that an unusable reply is not simply read again.
 */
export function retryErrors(
  db: Db,
  { project, run }: RunRef,
): Promise<{ readonly verdicts: number; readonly rollouts: number }> {
  return inTransaction(db, async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('assessment')
      .where('project', '=', project)
      .where('run', '=', run)
      .where('error', 'is not', null)
      .executeTakeFirst();
    const { numUpdatedRows } = await tx
      .updateTable('rollout')
      .set({ status: 'pending', error: null, trace: null, latency_ms: null, price: null })
      .where('project', '=', project)
      .where('run', '=', run)
      .where('status', '=', 'missing')
      .executeTakeFirst();
    const found = { verdicts: Number(numDeletedRows), rollouts: Number(numUpdatedRows) };
    if (found.verdicts + found.rollouts > 0)
      await tx
        .updateTable('run')
        .set((eb) => ({ attempt: eb('attempt', '+', 1) }))
        .where('project', '=', project)
        .where('name', '=', run)
        .execute();
    return found;
  });
}

export type Usage = CycleReport['spend'][string] & {
  readonly purpose: string;
  readonly model: string;
  /** Milliseconds of the calls. */
  readonly latency: Percentiles;
};

/** What a run paid for, by purpose and model. */
export async function usageOf(db: Db, { project, run }: RunRef): Promise<readonly Usage[]> {
  const { rows } = await sql<Omit<Usage, 'latency'> & { latencies: [number, number, number] }>`
    select purpose, model, count(*)::integer as calls,
      sum(input_tokens)::integer as "inputTokens", sum(output_tokens)::integer as "outputTokens",
      sum(price) as price, sum(reused)::integer as reused,
      percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms) as latencies
    from model_reply where project = ${project} and cycle = ${`run/${run}`}
    group by purpose, model order by purpose, model`.execute(db);
  return rows.map(({ latencies: [p50, p95, p99], ...row }) => ({
    ...row,
    latency: { p50, p95, p99 },
  }));
}
