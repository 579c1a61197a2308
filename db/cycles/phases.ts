import { sql } from 'kysely';
import type { Phase } from '../../contracts/progress.ts';
import type { CycleReport } from '../../contracts/report.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey } from './cycles.ts';
import { closeSessionsOf } from '../labels/sessions.ts';

/** Ends the phase under way and begins another; a repeat changes nothing, but sets a cycle that failed going again. */
export function enterPhase(
  db: Db,
  ref: CycleRef,
  { phase, note }: { readonly phase: Phase; readonly note: string },
): Promise<void> {
  const at = { project: ref.project, cycle: cycleKey(ref) };
  return inTransaction(db, async (tx) => {
    await goOn(tx, at, note);
    const row = await tx
      .insertInto('cycle_phase')
      .values({ ...at, phase, note })
      .onConflict((conflict) => conflict.doNothing())
      .returning('seq')
      .executeTakeFirst();
    if (!row) return;
    await tx
      .updateTable('cycle_phase')
      .set({ ended_at: sql<Date>`clock_timestamp()` })
      .where('project', '=', at.project)
      .where('cycle', '=', at.cycle)
      .where('phase', '<>', phase)
      .where('ended_at', 'is', null)
      .execute();
    await tx
      .updateTable('cycle')
      .set({ phase, note })
      .where('project', '=', at.project)
      .where('key', '=', at.cycle)
      .execute();
  });
}

/** Ends the last phase and the cycle, with the sessions that still wait for people; a repeat changes nothing. */
export const endCycle = (db: Db, ref: CycleRef): Promise<void> =>
  inTransaction(db, async (tx) => {
    await closeSessionsOf(tx, ref);
    await stop(tx, ref, { state: 'ended' });
  });

/** Says why a cycle has no result: it can be started again, and then goes on from what is stored. */
export const failCycle = (db: Db, ref: CycleRef, why: string): Promise<void> =>
  stop(db, ref, { state: 'failed', note: why });

/** The same for a cycle that is refused with what it was given: nobody is asked for labels any more. */
export const refuseCycle = (db: Db, ref: CycleRef, why: string): Promise<void> =>
  inTransaction(db, async (tx) => {
    await closeSessionsOf(tx, ref);
    await failCycle(tx, ref, why);
  });

type Stopped = { readonly state: 'ended' | 'failed'; readonly note?: string };

function stop(db: Db, ref: CycleRef, stopped: Stopped): Promise<void> {
  return inTransaction(db, async (tx) => {
    await tx
      .updateTable('cycle_phase')
      .set({ ended_at: sql<Date>`clock_timestamp()` })
      .where('project', '=', ref.project)
      .where('cycle', '=', cycleKey(ref))
      .where('ended_at', 'is', null)
      .execute();
    await tx
      .updateTable('cycle')
      .set({ ...stopped, ended_at: sql<Date>`now()` })
      .where('project', '=', ref.project)
      .where('key', '=', cycleKey(ref))
      .where('state', '=', 'running')
      .execute();
  });
}

type At = { readonly project: string; readonly cycle: string };

/** The phase in which a cycle failed is under way again; nothing changes where it did not fail. */
async function goOn(tx: Db, { project, cycle }: At, note: string): Promise<void> {
  const failed = await tx
    .updateTable('cycle')
    .set({ state: 'running', note, ended_at: null })
    .where('project', '=', project)
    .where('key', '=', cycle)
    .where('state', '=', 'failed')
    .returning('phase')
    .executeTakeFirst();
  if (failed?.phase == null) return;
  await tx
    .updateTable('cycle_phase')
    .set({ ended_at: null })
    .where('project', '=', project)
    .where('cycle', '=', cycle)
    .where('phase', '=', failed.phase)
    .execute();
}

/** Phases in order, with the model calls that were paid while each was under way. */
export async function listPhases(db: Db, ref: CycleRef): Promise<CycleReport['phases']> {
  const { rows } = await sql<{
    phase: Phase;
    note: string;
    started_at: Date;
    ended_at: Date | null;
    calls: number;
    price: number;
  }>`
    select p.phase, p.note, p.started_at, p.ended_at,
      count(r.key)::integer as calls, coalesce(sum(r.price), 0)::double precision as price
    from cycle_phase p
    left join model_reply r on r.project = p.project and r.cycle = p.cycle
      and r.created_at >= p.started_at and r.created_at < coalesce(p.ended_at, 'infinity')
    where p.project = ${ref.project} and p.cycle = ${cycleKey(ref)}
    group by p.seq, p.phase, p.note, p.started_at, p.ended_at
    order by p.seq`.execute(db);
  return rows.map((row) => ({
    phase: row.phase,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    note: row.note,
    calls: row.calls,
    price: row.price,
  }));
}
