import { sql } from 'kysely';
import type { JsonObject } from '../../contracts/json.ts';
import type { Membership, Part } from '../../contracts/part.ts';
import { columns } from '../column.ts';
import type { Db } from '../connect.ts';

/** All conversations of a project in import order, with the inputs of their rows: sealed ones too, for the split alone. */
export async function knownConversations(
  tx: Db,
  project: string,
): Promise<readonly (Membership & { readonly rows: readonly JsonObject[] })[]> {
  const { rows } = await sql<Membership & { rows: readonly JsonObject[] }>`
    select m.conversation, m.part, m.pinned, m.near_group as "group",
      json_agg(e.inputs order by e.id, e.hash) as rows
    from membership m
    join example e on e.project = m.project and e.conversation = m.conversation
    where m.project = ${project}
    group by m.seq, m.conversation, m.part, m.pinned, m.near_group
    order by m.seq`.execute(tx);
  return rows;
}

/** Writes the parts of new conversations; those placed before stay where they are. */
export async function keepMemberships(
  tx: Db,
  split: {
    readonly project: string;
    readonly first: boolean;
    readonly sealed: number | null;
    readonly memberships: readonly Membership[];
  },
): Promise<void> {
  const { project, first, sealed } = split;
  const c = columns(split.memberships, {
    conversation: (at) => at.conversation,
    part: (at) => at.part,
    pinned: (at) => at.pinned,
    group: (at) => at.group,
  });
  await sql`
    insert into membership (project, conversation, part, pinned, near_group)
    select ${project}, * from unnest(${c.conversation}::text[], ${c.part}::text[],
      ${c.pinned}::boolean[], ${c.group}::text[])`.execute(tx);
  if (first && sealed !== null)
    await tx
      .updateTable('project')
      .set({ sealed_share: sealed })
      .where('name', '=', project)
      .execute();
}

/** Parts by conversation, in import order. */
export async function listMemberships(
  db: Db,
  { project, parts }: { readonly project: string; readonly parts?: readonly Part[] },
): Promise<readonly Membership[]> {
  const rows = await db
    .selectFrom('membership')
    .selectAll()
    .where('project', '=', project)
    .$if(parts !== undefined, (query) => query.where('part', 'in', [...parts!]))
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    conversation: row.conversation,
    part: row.part,
    pinned: row.pinned,
    group: row.near_group,
  }));
}
