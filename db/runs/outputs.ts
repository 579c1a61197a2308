import { sql } from 'kysely';
import type { JsonObject } from '../../contracts/json.ts';
import { itemKey, type OutputRef } from '../../contracts/label.ts';
import type { Db } from '../connect.ts';

/** Outputs by `<example>#<hash>`, of open rows: what an agent answered, or what was recorded. */
export async function outputsOf(
  db: Db,
  { project, items }: { readonly project: string; readonly items: readonly OutputRef[] },
): Promise<ReadonlyMap<string, JsonObject>> {
  if (items.length === 0) return new Map();
  const { rows } = await sql<OutputRef & { readonly outputs: JsonObject }>`
    with wanted as (
      select * from unnest(${items.map(({ example }) => example)}::text[],
        ${items.map(({ outputHash }) => outputHash)}::text[]) as u (example, hash)
    ), open as (
      select w.* from wanted w where not exists (select from example e
        join membership m on m.project = e.project and m.conversation = e.conversation
        where e.project = ${project} and e.id = w.example and m.part = 'sealed')
    )
    select o.example, o.hash as "outputHash", found.outputs
    from open o cross join lateral (
      select r.outputs from rollout r
        where r.project = ${project} and r.example = o.example and r.output_hash = o.hash
      union all
      select e.outputs from example e
        where e.project = ${project} and e.id = o.example and e.output_hash = o.hash
      limit 1
    ) found`.execute(db);
  return new Map(rows.map((row) => [itemKey(row), row.outputs]));
}
