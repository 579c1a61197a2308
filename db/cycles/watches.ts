import { type Selectable, sql } from 'kysely';
import { milliseconds } from '../../contracts/duration.ts';
import type { WatchOutcome, WatchPolicy } from '../../contracts/watch.ts';
import { columns, json } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey } from './cycles.ts';
import { NotFoundError } from '../errors.ts';
import type { Database } from '../tables.ts';

/** The watch of a promotion; named after its cycle. */
export type Watch = {
  readonly project: string;
  readonly cycle: string;
  readonly policy: WatchPolicy;
  /** `failed`: its workflow could not go on, for the reason in `why`; started again, it goes on where it stood. */
  readonly state: 'running' | 'failed' | 'ended';
  readonly outcome: WatchOutcome | null;
  readonly why: string | null;
  readonly startedAt: string;
  readonly endsAt: string;
  readonly endedAt: string | null;
};

export type WatchObservation = {
  readonly conversation: string;
  readonly kind: 'pair' | 'traffic';
  /** New minus old, in [-1, 1]. */
  readonly difference: number;
  /** On the same scale. */
  readonly tolerance: number;
};

const at = (ref: CycleRef) => ({ project: ref.project, cycle: cycleKey(ref) });

/** Begins the watch of a cycle's promotion; a repeat finds it, with the policy it began with. */
export async function openWatch(db: Db, ref: CycleRef, policy: WatchPolicy): Promise<Watch> {
  const window = `${milliseconds(policy.window)} milliseconds`;
  await db
    .insertInto('watch')
    .values({
      ...at(ref),
      policy: json(policy),
      ends_at: sql<Date>`now() + ${window}::interval`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return getWatch(db, ref);
}

/** @throws NotFoundError */
export async function getWatch(db: Db, ref: CycleRef): Promise<Watch> {
  const found = await findWatch(db, ref);
  if (found) return found;
  throw new NotFoundError(
    'watch',
    cycleKey(ref),
    `begin it with \`attune promote watch start ${cycleKey(ref)}\``,
  );
}

/** Null where the promotion of the cycle was never watched. */
export async function findWatch(db: Db, ref: CycleRef): Promise<Watch | null> {
  const row = await watches(db, ref).executeTakeFirst();
  return row ? watchOf(row) : null;
}

const watches = (db: Db, ref: CycleRef) =>
  db
    .selectFrom('watch')
    .selectAll()
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref));

/** Newest first. */
export async function listWatches(db: Db, project: string): Promise<readonly Watch[]> {
  const rows = await db
    .selectFrom('watch')
    .selectAll()
    .where('project', '=', project)
    .orderBy('started_at', 'desc')
    .execute();
  return rows.map(watchOf);
}

/** In the order in which they came: the order of the bets. */
export async function listObservations(
  db: Db,
  ref: CycleRef,
): Promise<readonly WatchObservation[]> {
  return db
    .selectFrom('watch_observation')
    .select(['conversation', 'kind', 'difference', 'tolerance'])
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .orderBy('seq')
    .execute();
}

/** Adds observations of a running watch; one of a conversation that has one is left out. Answers how many were new. */
export function recordObservations(
  db: Db,
  ref: CycleRef,
  observations: readonly WatchObservation[],
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const row = await watches(tx, ref).forUpdate().executeTakeFirst();
    if (row === undefined || row.state === 'ended') return 0;
    const c = columns(observations, {
      conversation: (seen) => seen.conversation,
      kind: (seen) => seen.kind,
      difference: (seen) => seen.difference,
      tolerance: (seen) => seen.tolerance,
    });
    const { rows } = await sql`
      insert into watch_observation (project, cycle, conversation, kind, difference, tolerance)
      select ${ref.project}, ${cycleKey(ref)}, n.conversation, n.kind, n.difference, n.tolerance
      from unnest(${c.conversation}::text[], ${c.kind}::text[],
        ${c.difference}::double precision[], ${c.tolerance}::double precision[])
        with ordinality as n (conversation, kind, difference, tolerance, place)
      order by n.place
      on conflict do nothing returning seq`.execute(tx);
    return rows.length;
  });
}

/** Says of a running watch that its workflow could not go on. */
export async function failWatch(db: Db, ref: CycleRef, why: string): Promise<void> {
  await db
    .updateTable('watch')
    .set({ state: 'failed', why })
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .where('state', '=', 'running')
    .execute();
}

/** A watch that failed runs again. */
export async function resumeWatch(db: Db, ref: CycleRef): Promise<void> {
  await db
    .updateTable('watch')
    .set({ state: 'running', why: null })
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .where('state', '=', 'failed')
    .execute();
}

/** Ends a watch; one that has ended keeps its outcome. */
export async function endWatch(
  db: Db,
  ref: CycleRef,
  { outcome, why }: { readonly outcome: WatchOutcome; readonly why: string },
): Promise<Watch> {
  await db
    .updateTable('watch')
    .set({ state: 'ended', outcome, why, ended_at: sql<Date>`now()` })
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .where('state', '<>', 'ended')
    .execute();
  return getWatch(db, ref);
}

type Sampling = { readonly version: string; readonly runs: string; readonly most: number };

/**
 * A sample of tuned-part rows, one a conversation, that came after the cycle's own data and were not run in this watch before. The
 * sealed part stays sealed: later gates need it.
 */
export async function sampleFresh(
  db: Db,
  ref: CycleRef,
  { version, runs, most }: Sampling,
): Promise<readonly { readonly example: string; readonly conversation: string }[]> {
  const { project } = ref;
  const key = cycleKey(ref);
  const { rows } = await sql<{ example: string; conversation: string }>`
    select * from (select distinct on (e.conversation) r.example, e.conversation
    from dataset_row r
    join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    join membership m on m.project = e.project and m.conversation = e.conversation
    where r.project = ${project} and r.version = ${version} and m.part <> 'sealed'
      and not exists (select from cycle c
        join dataset_row o on o.project = c.project and o.version = c.dataset_version
        join example w on w.project = o.project and w.id = o.example and w.hash = o.hash
        where c.project = ${project} and c.key = ${key} and w.conversation = e.conversation)
      and not exists (select from rollout o
        join example w on w.project = o.project and w.id = o.example
        where o.project = ${project} and starts_with(o.run, ${runs}) and w.conversation = e.conversation)
      and not exists (select from watch_observation w
        where w.project = ${project} and w.cycle = ${key} and w.conversation = e.conversation)
    order by e.conversation, r.ordinal) as fresh
    order by md5(${key} || conversation), conversation
    limit ${most}`.execute(db);
  return rows;
}

const watchOf = (row: Selectable<Database['watch']>): Watch => ({
  project: row.project,
  cycle: row.cycle,
  policy: row.policy,
  state: row.state,
  outcome: row.outcome,
  why: row.why,
  startedAt: row.started_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
});
