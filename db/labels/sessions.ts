import { type Selectable, sql } from 'kysely';
import type { Json } from '../../contracts/json.ts';
import type {
  LabelSession,
  SessionEnd,
  SessionKind,
  SessionQuestion,
} from '../../contracts/session.ts';
import { writeAudit } from '../audit.ts';
import { json, jsonOrNull } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey, getCycle } from '../cycles/cycles.ts';
import { ConflictError, NotFoundError, SealedError, SessionOfCycleError } from '../errors.ts';
import { getExamples } from '../data/examples.ts';
import { getFreeze } from '../cycles/gate.ts';
import { getJudge } from '../versions/judges.ts';
import { lockLabels } from './labels.ts';
import { insertItems, type NewItem, type SessionRef } from './items.ts';
import { STANDING_LABEL } from './standing.ts';
import type { Database } from '../tables.ts';

export type { SessionRef } from './items.ts';

export type NewSession = Pick<
  LabelSession,
  'round' | 'judgeVersion' | 'ratersPerItem' | 'minimum' | 'target' | 'deadline'
> & {
  /** Default `round`. */
  readonly kind?: SessionKind;
  /** In the order in which people see them. */
  readonly items: readonly NewItem[];
  readonly questions?: readonly SessionQuestion[];
};

/** A session outside of cycles, by a name of its own. */
export type OwnSession = NewSession & {
  readonly id: string;
  /** Where the items' inputs stand; null where they are those of traces. */
  readonly datasetVersion: string | null;
  /** What chose the items, for readers of its figures. */
  readonly policy: Json;
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
  const check = fresh.kind === 'check';
  return inTransaction(db, async (tx) => {
    const { datasetVersion } = await getCycle(tx, ref);
    const ids = [...new Set(fresh.items.map((item) => item.example))];
    if (check) await mustBeFrozen(tx, ref, ids);
    else await getExamples(tx, { project, version: datasetVersion, ids });
    const id = `${cycleKey(ref)}/${check ? 'check' : fresh.round}`;
    return insertSession(tx, { project, ...fresh, id, cycle: cycleKey(ref) });
  });
}

async function mustBeFrozen(tx: Db, ref: CycleRef, ids: readonly string[]): Promise<void> {
  const frozen = new Set((await getFreeze(tx, ref))?.examples);
  const stray = ids.find((example) => !frozen.has(example));
  if (stray !== undefined) throw new SealedError(`example ${stray}, outside of the gate,`);
}

/** A session by hand. @throws ConflictError where the name is taken */
export function createSession(db: Db, project: string, fresh: OwnSession): Promise<LabelSession> {
  return inTransaction(db, async (tx) => {
    const { session, created } = await insertSession(tx, { project, ...fresh, cycle: null });
    if (!created) throw new ConflictError('label session', fresh.id, 'other items');
    return session;
  });
}

async function insertSession(
  tx: Db,
  fresh: NewSession &
    Partial<OwnSession> & {
      readonly project: string;
      readonly id: string;
      readonly cycle: string | null;
    },
): Promise<{ readonly session: LabelSession; readonly created: boolean }> {
  const { project, id, cycle } = fresh;
  const judge = await getJudge(tx, { project, id: fresh.judgeVersion });
  const row = await tx
    .insertInto('label_session')
    .values({
      project,
      id,
      cycle,
      ...(fresh.kind !== undefined && { kind: fresh.kind }),
      round: fresh.round,
      judge: judge.name,
      judge_version: judge.id,
      raters_per_item: fresh.ratersPerItem,
      minimum: fresh.minimum,
      target: fresh.target,
      deadline: fresh.deadline,
      questions: json(fresh.questions ?? []),
      dataset_version: fresh.datasetVersion ?? null,
      policy: jsonOrNull(fresh.policy),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row) await insertItems(tx, { project, session: id, items: fresh.items });
  return { session: await getSession(tx, { project, session: id }), created: row !== undefined };
}

/** Ends the wait of a session; labels that come later are late. A repeat keeps the first reason, and answers false. */
export function closeSession(
  db: Db,
  { project, session, endedBy }: SessionRef & { readonly endedBy: SessionEnd },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // Labels that are being written belong to the session still: whoever reads it once it is closed reads them all.
    await lockLabels(tx, project);
    const { numUpdatedRows } = await tx
      .updateTable('label_session')
      .set({ state: 'closed', ended_by: endedBy, closed_at: sql<Date>`now()` })
      .where('project', '=', project)
      .where('id', '=', session)
      .where('state', '=', 'open')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  });
}

/** The cycle has ended, however it did: nobody waits for its sessions any more. */
export async function closeSessionsOf(tx: Db, ref: CycleRef): Promise<void> {
  const { project } = ref;
  const open = await tx
    .selectFrom('label_session')
    .select('id')
    .where('project', '=', project)
    .where('cycle', '=', cycleKey(ref))
    .where('state', '=', 'open')
    .execute();
  for (const { id } of open) await closeSession(tx, { project, session: id, endedBy: 'cycle' });
}

/** An owner ends a session made by hand, with an audit row; a repeat changes nothing. @throws SessionOfCycleError | NotFoundError */
export function endSession(db: Db, at: SessionRef & { readonly who: string }): Promise<void> {
  const { project, session, who } = at;
  return inTransaction(db, async (tx) => {
    const { cycle } = await getSession(tx, at);
    if (cycle !== null) throw new SessionOfCycleError(session, cycle);
    if (await closeSession(tx, { ...at, endedBy: 'owner' }))
      await writeAudit(tx, { project, who, action: 'close', subject: session });
  });
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

export async function countItems(db: Db, { project, session }: SessionRef): Promise<number> {
  const { count } = await db
    .selectFrom('session_item')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('project', '=', project)
    .where('session', '=', session)
    .executeTakeFirstOrThrow();
  return count;
}

export type SessionSummary = LabelSession & {
  readonly items: number;
  /** Of its items, one a rater and item; also those given in an earlier session. */
  readonly labels: number;
};

export type SessionSelection = {
  readonly project: string;
  readonly state?: LabelSession['state'];
  readonly session?: string;
  readonly cycle?: string;
};

/** Newest first. */
export async function listSessions(
  db: Db,
  { project, state, session, cycle }: SessionSelection,
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
        .select(sql<number>`count(*)::integer`.as('count'))
        .innerJoin('session_item as i', (join) =>
          join
            .onRef('i.project', '=', 'l.project')
            .onRef('i.example', '=', 'l.example')
            .onRef('i.output_hash', '=', 'l.output_hash'),
        )
        .whereRef('i.session', '=', 's.id')
        .whereRef('l.project', '=', 's.project')
        .whereRef('l.name', '=', 's.judge')
        .where(STANDING_LABEL)
        .as('labels'),
    ])
    .where('s.project', '=', project)
    .$if(state !== undefined, (query) => query.where('s.state', '=', state!))
    .$if(session !== undefined, (query) => query.where('s.id', '=', session!))
    .$if(cycle !== undefined, (query) => query.where('s.cycle', '=', cycle!))
    .orderBy('s.created_at', 'desc')
    .orderBy('s.id', 'desc')
    .execute();
  return rows.map((row) => ({
    ...sessionOf(row),
    items: row.items ?? 0,
    labels: row.labels ?? 0,
  }));
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
  endedBy: row.ended_by,
  questions: row.questions,
});
