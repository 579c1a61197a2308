import { sql } from 'kysely';
import { columns, json } from '../column.ts';
import type { Db } from '../connect.ts';
import type { RunRef } from '../runs/runs.ts';

/** A candidate of the optimizer's pool. */
export type PoolCandidate = {
  readonly hash: string;
  /** Place in the pool, from 0. */
  readonly position: number;
  readonly parents: readonly string[];
  /** Text hash by prompt name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Mean on validation; null before it is known. */
  readonly validation: number | null;
  /** Keys of the fronts it is on now, such as ids of validation examples. */
  readonly fronts: readonly string[];
  /** Rollouts made when it was found. */
  readonly discoveredAt: number;
  /** Characters of its texts. */
  readonly length: number;
};

/** Adds candidates to the pool of a run; what is known of one already is replaced. */
export async function saveCandidates(
  db: Db,
  { project, run, candidates }: RunRef & { readonly candidates: readonly PoolCandidate[] },
): Promise<void> {
  const c = columns(candidates, {
    hash: (row) => row.hash,
    position: (row) => row.position,
    parents: (row) => json(row.parents),
    prompts: (row) => json(row.prompts),
    validation: (row) => row.validation,
    fronts: (row) => json(row.fronts),
    discoveredAt: (row) => row.discoveredAt,
    length: (row) => row.length,
  });
  await sql`
    insert into optimizer_candidate
      (project, run, hash, position, parents, prompts, validation, fronts, discovered_at, length)
    select ${project}, ${run}, hash, position,
      array(select json_array_elements_text(parents)), prompts, validation,
      array(select json_array_elements_text(fronts)), discovered_at, length
    from unnest(${c.hash}::text[], ${c.position}::integer[], ${c.parents}::json[],
      ${c.prompts}::json[], ${c.validation}::double precision[], ${c.fronts}::json[], ${c.discoveredAt}::integer[],
      ${c.length}::integer[])
      as n (hash, position, parents, prompts, validation, fronts, discovered_at, length)
    on conflict (project, run, hash) do update
      set validation = excluded.validation, fronts = excluded.fronts`.execute(db);
}

/** The pool of a run, by position. */
export async function listCandidates(
  db: Db,
  { project, run }: RunRef,
): Promise<readonly PoolCandidate[]> {
  const rows = await db
    .selectFrom('optimizer_candidate')
    .selectAll()
    .where('project', '=', project)
    .where('run', '=', run)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    hash: row.hash,
    position: row.position,
    parents: row.parents,
    prompts: row.prompts,
    validation: row.validation,
    fronts: row.fronts,
    discoveredAt: row.discovered_at,
    length: row.length,
  }));
}
