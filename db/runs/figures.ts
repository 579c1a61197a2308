import { sql } from 'kysely';
import type { Db } from '../connect.ts';
import type { RunRef } from './runs.ts';

export type RunFigures = {
  /** Rollouts planned. */
  readonly total: number;
  /** Of these: assessed by the run's primary scorer, or ended without outputs to assess. */
  readonly done: number;
  /** Mean score of what is assessed; null where nothing is, and always at a gate: its verdict comes first. */
  readonly score: number | null;
};

/** The run of a search measures its seed first, as the baseline: `first` is that arm, `others` are the candidates. */
export type Arms = 'all' | 'first' | 'others';

/** How far a run, or some of its arms, has come; zeros for one that is not there yet. */
export async function runFigures(
  db: Db,
  { project, run, arms = 'all' }: RunRef & { readonly arms?: Arms },
): Promise<RunFigures> {
  const isFirst = sql`o.arm = (select arm from rollout
    where project = ${project} and run = ${run} and ordinal = 0)`;
  const chosen = { all: sql`true`, first: isFirst, others: sql`not (${isFirst})` }[arms];
  // Each assessment by its key (`limit` keeps it so): joined as a set it is a square of the rows while the tables have no statistics.
  const { rows } = await sql<RunFigures>`
    select count(*)::integer as total, avg(s.score) filter (where u.kind <> 'gate') as score,
      (count(*) filter (where o.status in ('failed', 'missing') or s.there))::integer as done
    from rollout o
    join run u on u.project = o.project and u.name = o.run
    left join lateral (
      select a.score, true as there from assessment a
      where a.project = o.project and a.run = o.run and a.ordinal = o.ordinal
        and a.scorer = u.primary_scorer and a.repeat = 0
      limit 1
    ) s on true
    where o.project = ${project} and o.run = ${run} and ${chosen}`.execute(db);
  return rows[0] ?? { total: 0, done: 0, score: null };
}
