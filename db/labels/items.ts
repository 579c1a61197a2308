import { type Selectable, sql } from 'kysely';
import type { JsonObject } from '../../contracts/json.ts';
import type { SessionItem } from '../../contracts/session.ts';
import { columns } from '../column.ts';
import type { Db } from '../connect.ts';
import { STANDING_LABEL } from './standing.ts';
import type { Database } from '../tables.ts';

export type SessionRef = { readonly project: string; readonly session: string };
export type NewItem = Omit<SessionItem, 'session' | 'ordinal'>;

/** Writes items of a session in the order given, after the `there` that it has. */
export async function insertItems(
  tx: Db,
  {
    project,
    session,
    items,
    there = 0,
  }: SessionRef & { readonly items: readonly NewItem[]; readonly there?: number },
): Promise<void> {
  const c = columns(items, {
    trace: (item) => item.traceId,
    example: (item) => item.example,
    outputHash: (item) => item.outputHash,
    weight: (item) => item.weight,
    reason: (item) => item.reason,
  });
  await sql`
    insert into session_item
      (project, session, ordinal, trace, example, output_hash, weight, reason)
    select ${project}, ${session}, ${there}::integer + n.place - 1, trace, example, output_hash, weight, reason
    from unnest(${c.trace}::text[], ${c.example}::text[], ${c.outputHash}::text[],
      ${c.weight}::double precision[], ${c.reason}::text[]) with ordinality
      as n (trace, example, output_hash, weight, reason, place)`.execute(tx);
}

/** Items in order. */
export async function listItems(
  db: Db,
  { project, session }: SessionRef,
): Promise<readonly SessionItem[]> {
  const rows = await db
    .selectFrom('session_item')
    .selectAll()
    .where('project', '=', project)
    .where('session', '=', session)
    .orderBy('ordinal')
    .execute();
  return rows.map(itemOf);
}

/** Items `i` of sessions `s`, each with its trace `t`, and its row `e` where it is one of a dataset. */
const ITEMS_WITH_ROWS = sql`
    from session_item i
    join label_session s on s.project = i.project and s.id = i.session
    left join cycle c on c.project = s.project and c.key = s.cycle
    left join dataset_row r on r.project = i.project and r.example = i.example
      and r.version = coalesce(s.dataset_version, c.dataset_version)
    left join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    left join trace t on t.project = i.project and t.id = i.trace`;

/**
 * What the items of a session belong together by, by example: the near-duplicate group of its conversation; of a trace without a row its
 * session; else the item itself.
 */
export async function clustersOfItems(
  db: Db,
  { project, session }: SessionRef,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ example: string; cluster: string }>`
    select i.example, coalesce(m.near_group, t.session, i.example) as cluster
    ${ITEMS_WITH_ROWS}
    left join membership m on m.project = e.project and m.conversation = e.conversation
    where i.project = ${project} and i.session = ${session}`.execute(db);
  return new Map(rows.map(({ example, cluster }) => [example, cluster]));
}

export type ItemContent = SessionItem & {
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
};

/** Items with what a person is shown, in order: all, those of `ordinals`, or without those `unlabelledBy` has labelled. Of a check only while it is open. */
export async function listItemContents(
  db: Db,
  {
    project,
    session,
    unlabelledBy = null,
    ordinals = null,
  }: SessionRef & {
    readonly unlabelledBy?: string | null;
    readonly ordinals?: readonly number[] | null;
  },
): Promise<readonly ItemContent[]> {
  const { rows } = await sql<
    Selectable<Database['session_item']> & Pick<ItemContent, 'inputs' | 'outputs'>
  >`
    select i.*, coalesce(e.inputs, t.inputs) as inputs, coalesce(o.outputs, t.outputs) as outputs
    ${ITEMS_WITH_ROWS}
    left join lateral (
      select coalesce(
        (select outputs from rollout o where o.project = i.project and o.trace = i.trace
          and o.output_hash = i.output_hash limit 1),
        case when e.output_hash = i.output_hash then e.outputs end) as outputs
    ) o on true
    where i.project = ${project} and i.session = ${session}
      and (s.kind <> 'check' or s.state = 'open')
      and (${ordinals}::integer[] is null or i.ordinal = any(${ordinals}::integer[]))
      and not exists (select from label l where l.project = i.project and l.name = s.judge
        and l.rater = ${unlabelledBy}::text and l.example = i.example
        and l.output_hash = i.output_hash and ${STANDING_LABEL})
    order by i.ordinal`.execute(db);
  return rows.map((row) => ({ ...itemOf(row), inputs: row.inputs, outputs: row.outputs }));
}

const itemOf = (row: Selectable<Database['session_item']>): SessionItem => ({
  session: row.session,
  ordinal: row.ordinal,
  traceId: row.trace,
  example: row.example,
  outputHash: row.output_hash,
  weight: row.weight,
  reason: row.reason,
});
