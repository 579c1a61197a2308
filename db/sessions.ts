import { type Selectable, sql } from 'kysely';
import type { JsonObject } from '../contracts/json.ts';
import type { LabelSession, SessionItem, SessionKind } from '../contracts/session.ts';
import { columns } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { type CycleRef, cycleKey, getCycle } from './cycles.ts';
import { NotFoundError, SealedError } from './errors.ts';
import { getExamples } from './examples.ts';
import { getFreeze } from './gate.ts';
import { getJudge } from './judges.ts';
import type { Database } from './tables.ts';

export type SessionRef = { readonly project: string; readonly session: string };

export type NewSession = Pick<
  LabelSession,
  'round' | 'judgeVersion' | 'ratersPerItem' | 'minimum' | 'target' | 'deadline'
> & {
  /** Default `round`. */
  readonly kind?: SessionKind;
  /** In the order in which people see them. */
  readonly items: readonly Omit<SessionItem, 'session' | 'ordinal'>[];
};

/**
 * The session of a cycle's round, with id `<cycle>/<n>/<round>`, or the check of its gate, `<cycle>/<n>/check`; a repeat finds it.
 * @throws SealedError for sealed rows in a round, and for any but the frozen ones in a check
 */
export function openSession(
  db: Db,
  ref: CycleRef,
  fresh: NewSession,
): Promise<{ readonly session: LabelSession; readonly created: boolean }> {
  const { project } = ref;
  const kind = fresh.kind ?? 'round';
  const id = `${cycleKey(ref)}/${kind === 'check' ? 'check' : fresh.round}`;
  return inTransaction(db, async (tx) => {
    const { datasetVersion } = await getCycle(tx, ref);
    const ids = [...new Set(fresh.items.map((item) => item.example))];
    if (kind === 'check') await mustBeFrozen(tx, ref, ids);
    else await getExamples(tx, { project, version: datasetVersion, ids });
    const judge = await getJudge(tx, { project, id: fresh.judgeVersion });
    const row = await tx
      .insertInto('label_session')
      .values({
        project,
        id,
        cycle: cycleKey(ref),
        kind,
        round: fresh.round,
        judge: judge.name,
        judge_version: judge.id,
        raters_per_item: fresh.ratersPerItem,
        minimum: fresh.minimum,
        target: fresh.target,
        deadline: fresh.deadline,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (row) await insertItems(tx, { project, session: id }, fresh.items);
    return { session: await getSession(tx, { project, session: id }), created: row !== undefined };
  });
}

async function mustBeFrozen(tx: Db, ref: CycleRef, ids: readonly string[]): Promise<void> {
  const frozen = new Set((await getFreeze(tx, ref))?.examples);
  const stray = ids.find((example) => !frozen.has(example));
  if (stray !== undefined) throw new SealedError(`example ${stray}, outside of the gate,`);
}

async function insertItems(
  tx: Db,
  { project, session }: SessionRef,
  items: NewSession['items'],
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
    select ${project}, ${session}, n.place - 1, trace, example, output_hash, weight, reason
    from unnest(${c.trace}::text[], ${c.example}::text[], ${c.outputHash}::text[],
      ${c.weight}::double precision[], ${c.reason}::text[]) with ordinality
      as n (trace, example, output_hash, weight, reason, place)`.execute(tx);
}

/** Ends the wait of a session; labels that come later are late. A repeat keeps the first reason. */
export async function closeSession(
  db: Db,
  { project, session, endedBy }: SessionRef & { readonly endedBy: string },
): Promise<void> {
  await db
    .updateTable('label_session')
    .set({ state: 'closed', ended_by: endedBy, closed_at: sql<Date>`now()` })
    .where('project', '=', project)
    .where('id', '=', session)
    .where('state', '=', 'open')
    .execute();
}

/** @throws NotFoundError */
export async function getSession(db: Db, { project, session }: SessionRef): Promise<LabelSession> {
  const row = await db
    .selectFrom('label_session')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', session)
    .executeTakeFirst();
  if (!row) throw new NotFoundError('label session', session, 'see `attune label list`');
  return sessionOf(row);
}

export type SessionSummary = LabelSession & {
  readonly items: number;
  /** Of its items, one a rater and item; also those given in an earlier session. */
  readonly labels: number;
};

/** Newest first. */
export async function listSessions(
  db: Db,
  { project, state }: { readonly project: string; readonly state?: LabelSession['state'] },
): Promise<readonly SessionSummary[]> {
  const rows = await db
    .selectFrom('label_session as s')
    .selectAll('s')
    .select((eb) => [
      eb
        .selectFrom('session_item as i')
        .select(sql<number>`count(*)::integer`.as('count'))
        .whereRef('i.project', '=', 's.project')
        .whereRef('i.session', '=', 's.id')
        .as('items'),
      eb
        .selectFrom('label as l')
        .select(
          sql<number>`count(distinct (l.rater, l.example, l.output_hash))::integer`.as('count'),
        )
        .innerJoin('session_item as i', (join) =>
          join
            .onRef('i.project', '=', 'l.project')
            .onRef('i.example', '=', 'l.example')
            .onRef('i.output_hash', '=', 'l.output_hash'),
        )
        .whereRef('i.session', '=', 's.id')
        .whereRef('l.project', '=', 's.project')
        .whereRef('l.name', '=', 's.judge')
        .as('labels'),
    ])
    .where('s.project', '=', project)
    .$if(state !== undefined, (query) => query.where('s.state', '=', state!))
    .orderBy('s.created_at', 'desc')
    .orderBy('s.id', 'desc')
    .execute();
  return rows.map((row) => ({
    ...sessionOf(row),
    items: row.items ?? 0,
    labels: row.labels ?? 0,
  }));
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

export type ItemContent = SessionItem & {
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
};

/** Items with what a person is shown, in order; without those `unlabelledBy` has labelled. Of a check only while it is open. */
export async function listItemContents(
  db: Db,
  { project, session, unlabelledBy = null }: SessionRef & { readonly unlabelledBy?: string | null },
): Promise<readonly ItemContent[]> {
  const { rows } = await sql<
    Selectable<Database['session_item']> & Pick<ItemContent, 'inputs' | 'outputs'>
  >`
    select i.*, e.inputs, o.outputs
    from session_item i
    join label_session s on s.project = i.project and s.id = i.session
    join cycle c on c.project = s.project and c.key = s.cycle
    join dataset_row r on r.project = i.project and r.version = c.dataset_version
      and r.example = i.example
    join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    join lateral (
      select outputs from rollout o where o.project = i.project and o.trace = i.trace
        and o.output_hash = i.output_hash limit 1
    ) o on true
    where i.project = ${project} and i.session = ${session}
      and (s.kind <> 'check' or s.state = 'open')
      and not exists (select from label l where l.project = i.project and l.name = s.judge
        and l.rater = ${unlabelledBy}::text and l.example = i.example
        and l.output_hash = i.output_hash)
    order by i.ordinal`.execute(db);
  return rows.map((row) => ({ ...itemOf(row), inputs: row.inputs, outputs: row.outputs }));
}

const sessionOf = (row: Selectable<Database['label_session']>): LabelSession => ({
  id: row.id,
  project: row.project,
  cycle: row.cycle,
  kind: row.kind,
  round: row.round,
  judge: row.judge,
  judgeVersion: row.judge_version,
  ratersPerItem: row.raters_per_item,
  minimum: row.minimum,
  target: row.target,
  deadline: row.deadline?.toISOString() ?? null,
  state: row.state,
});

const itemOf = (row: Selectable<Database['session_item']>): SessionItem => ({
  session: row.session,
  ordinal: row.ordinal,
  traceId: row.trace,
  example: row.example,
  outputHash: row.output_hash,
  weight: row.weight,
  reason: row.reason,
});
