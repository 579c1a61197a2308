import { sql } from 'kysely';
import type { Db } from '../connect.ts';
import type { RunRef } from './runs.ts';

type Of = RunRef & { readonly faults: readonly string[] };
type Counted = { readonly rows: number; readonly unmeasured: number };

/** Rollouts of a run, and those that are missing by one of these faults. */
export async function countRollouts(db: Db, { project, run, faults }: Of): Promise<Counted> {
  const { rows } = await sql<Counted>`
    select count(*)::integer as rows, count(*) filter (
      where status = 'missing' and error ->> 'kind' = any(${faults}::text[]))::integer as unmeasured
    from rollout where project = ${project} and run = ${run}`.execute(db);
  return rows[0]!;
}

/** Whether the agent has answered, well or badly, any row of a run. */
export async function isAnswered(db: Db, { project, run }: RunRef): Promise<boolean> {
  const { rows } = await sql<{ readonly answered: boolean }>`
    select exists (select from rollout
      where project = ${project} and run = ${run} and status in ('ok', 'failed')) as answered`.execute(
    db,
  );
  return rows[0]!.answered;
}

/** Assessments that some scorers of a run make of its outputs, and those that ended by one of these faults. */
export async function countAssessments(
  db: Db,
  { project, run, faults, scorers }: Of & { readonly scorers: readonly string[] },
): Promise<Counted> {
  const { rows } = await sql<Counted>`
    select (select count(*)::integer * cardinality(${scorers}::text[]) from rollout
        where project = ${project} and run = ${run} and status in ('ok', 'pending')) as rows,
      (select count(*)::integer from assessment
        where project = ${project} and run = ${run} and scorer = any(${scorers}::text[])
          and error ->> 'kind' = any(${faults}::text[])) as unmeasured`.execute(db);
  return rows[0]!;
}
