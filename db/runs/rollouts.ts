import { sql } from 'kysely';
import type { Example } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Rollout, RolloutStatus } from '../../contracts/rollout.ts';
import { columns, jsonOrNull } from '../column.ts';
import type { Db } from '../connect.ts';
import { EXAMPLE_COLUMNS, exampleOf } from '../data/examples.ts';
import { NotFoundError } from '../errors.ts';
import type { RunKind, RunRef } from './runs.ts';
import { getTexts } from '../versions/texts.ts';

/** Rollouts of a run by ordinal, `to` excluded. */
export type RangeRef = RunRef & { readonly from: number; readonly to: number };

export type PendingRollout = {
  readonly ordinal: number;
  readonly arm: string;
  readonly trial: number;
  readonly example: Example;
  /** Texts of the arm's prompts by name. */
  readonly prompts: Readonly<Record<string, string>>;
};

export type UnassessedRollout = {
  readonly ordinal: number;
  readonly arm: string;
  readonly trial: number;
  readonly example: Example;
  readonly outputs: JsonObject;
  readonly outputHash: string;
  readonly traceId: string | null;
  /** Ids of the run's scorers that have not assessed it. */
  readonly lacking: readonly string[];
};

/** What the agent has still to run in a range, by ordinal. */
export async function pendingRollouts(db: Db, range: RangeRef): Promise<readonly PendingRollout[]> {
  const run = await runHeader(db, range);
  const rows = await inRange(db, run, range).where('o.status', '=', 'pending').execute();
  const arms = await db
    .selectFrom('run_arm')
    .select(['arm', 'prompts'])
    .where('project', '=', range.project)
    .where('run', '=', range.run)
    .where('arm', 'in', [...new Set(rows.map((row) => row.arm)), ''])
    .execute();
  const hashes = arms.flatMap(({ prompts }) => Object.values(prompts));
  const texts = await getTexts(db, { project: range.project, hashes });
  const byArm = new Map(
    arms.map(({ arm, prompts }) => [
      arm,
      Object.fromEntries(Object.entries(prompts).map(([name, hash]) => [name, texts[hash]!])),
    ]),
  );
  return rows.map((row) => ({
    ordinal: row.ordinal,
    arm: row.arm,
    trial: row.trial,
    example: exampleOf(row),
    prompts: byArm.get(row.arm)!,
  }));
}

/** Rollouts with outputs that some scorer of the run has not assessed, by ordinal. */
export async function unassessedRollouts(
  db: Db,
  range: RangeRef & { readonly repeat?: number },
): Promise<readonly UnassessedRollout[]> {
  const lacking = sql<string[] | null>`(
    select array_agg(j.scorer::text order by j.position) from run_scorer j
    where j.project = o.project and j.run = o.run and not exists (
      select from assessment a where a.project = o.project and a.run = o.run
        and a.ordinal = o.ordinal and a.scorer = j.scorer and a.repeat = ${range.repeat ?? 0}))`;
  const run = await runHeader(db, range);
  const rows = await inRange(db, run, range)
    .select(lacking.as('lacking'))
    .where('o.status', '=', 'ok')
    .where('o.outputs', 'is not', null)
    .where(lacking, 'is not', null)
    .execute();
  return rows.map((row) => ({
    ordinal: row.ordinal,
    arm: row.arm,
    trial: row.trial,
    example: exampleOf(row),
    outputs: row.outputs!,
    outputHash: row.output_hash!,
    traceId: row.trace,
    lacking: row.lacking!,
  }));
}

// The fence once more: content of sealed examples leaves in a gate alone, or, once opened, in any other run.
const inRange = (db: Db, run: RunHeader, { from, to }: RangeRef) =>
  rolloutsWithExamples(db, run)
    .where('o.ordinal', '>=', from)
    .where('o.ordinal', '<', to)
    .$if(run.kind !== 'gate', (query) =>
      query.where((eb) =>
        eb.or([eb('m.part', '<>', 'sealed'), eb('t.conversation', 'is not', null)]),
      ),
    )
    .orderBy('o.ordinal');

export type RunHeader = {
  readonly project: string;
  readonly name: string;
  readonly kind: RunKind;
  readonly primary: string;
  readonly version: string;
  readonly cycle: string | null;
};

/** @throws NotFoundError */
export async function runHeader(db: Db, at: RunRef): Promise<RunHeader> {
  const found = await findRunHeader(db, at);
  if (found === null) throw new NotFoundError('run', at.run, 'plan it first');
  return found;
}

/** Null while the run is not planned. */
export async function findRunHeader(db: Db, { project, run }: RunRef): Promise<RunHeader | null> {
  const row = await db
    .selectFrom('run')
    .select([
      'project',
      'name',
      'kind',
      'primary_scorer as primary',
      'dataset_version as version',
      'cycle',
    ])
    .where('project', '=', project)
    .where('name', '=', run)
    .executeTakeFirst();
  return row ?? null;
}

/** Rollouts `o` of a run with the rows `e` of its dataset version and their membership `m`. */
export const rolloutsWithExamples = (db: Db, { project, name, version }: RunHeader) =>
  db
    .selectFrom('rollout as o')
    .innerJoin('dataset_row as r', (join) =>
      join
        .onRef('r.project', '=', 'o.project')
        .on('r.version', '=', version)
        .onRef('r.example', '=', 'o.example'),
    )
    .innerJoin('example as e', (join) =>
      join
        .onRef('e.project', '=', 'r.project')
        .onRef('e.id', '=', 'r.example')
        .onRef('e.hash', '=', 'r.hash'),
    )
    .innerJoin('membership as m', (join) =>
      join.onRef('m.project', '=', 'e.project').onRef('m.conversation', '=', 'e.conversation'),
    )
    .leftJoin('retirement as t', (join) =>
      join.onRef('t.project', '=', 'm.project').onRef('t.conversation', '=', 'm.conversation'),
    )
    .select(EXAMPLE_COLUMNS)
    .select(['o.ordinal', 'o.arm', 'o.trial', 'o.outputs', 'o.output_hash', 'o.trace'])
    .where('o.project', '=', project)
    .where('o.run', '=', name);

/** Writes results of pending rollouts; one that has a result keeps it. */
export async function saveRollouts(
  db: Db,
  { project, rollouts }: { readonly project: string; readonly rollouts: readonly Rollout[] },
): Promise<void> {
  const c = columns(rollouts, {
    run: (row) => row.run,
    ordinal: (row) => row.ordinal,
    status: (row) => row.status,
    outputs: (row) => jsonOrNull(row.outputs),
    outputHash: (row) => row.outputHash,
    trace: (row) => row.traceId,
    error: (row) => jsonOrNull(row.error),
    latency: (row) => row.latencyMs,
    price: (row) => row.price,
  });
  await sql`
    update rollout o set status = n.status, outputs = n.outputs, output_hash = n.output_hash,
      trace = n.trace, error = n.error, latency_ms = n.latency_ms, price = n.price
    from unnest(${c.run}::text[], ${c.ordinal}::integer[], ${c.status}::text[],
      ${c.outputs}::json[], ${c.outputHash}::text[], ${c.trace}::text[], ${c.error}::json[],
      ${c.latency}::double precision[], ${c.price}::double precision[])
      as n (run, ordinal, status, outputs, output_hash, trace, error, latency_ms, price)
    where o.project = ${project} and o.run = n.run and o.ordinal = n.ordinal
      and o.status = 'pending'`.execute(db);
}

/** Rollouts of a run by status. */
export async function countRollouts(
  db: Db,
  { project, run }: RunRef,
): Promise<Readonly<Record<RolloutStatus, number>>> {
  const { rows } = await sql<{ status: RolloutStatus; count: number }>`
    select status, count(*)::integer as count from rollout
    where project = ${project} and run = ${run} group by status`.execute(db);
  const counts = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  return { pending: 0, ok: 0, failed: 0, missing: 0, ...counts };
}
