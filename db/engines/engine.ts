import { sql } from 'kysely';
import type { Json } from '../../contracts/json.ts';
import { json, jsonOrNull } from '../column.ts';
import type { Db } from '../connect.ts';
import type { RunRef } from '../runs/runs.ts';

/** One turn of an engine as it was written; `from` and `to` are the rollouts it planned. */
export type EngineStep = {
  readonly turn: number;
  readonly state: Json;
  readonly events: readonly Json[];
  readonly asks: readonly Json[];
  readonly done: boolean;
  readonly result: Json;
  readonly from: number;
  readonly to: number;
};

/** Null where the turn has not been taken. */
export async function getStep(
  db: Db,
  { project, run, turn }: RunRef & { readonly turn: number },
): Promise<EngineStep | null> {
  const [step] = await select(db, { project, run }).where('turn', '=', turn).execute();
  return step ? stepOf(step) : null;
}

/** The asks of a turn, none where it has not been taken. The state, which may be long, stays where it is. */
export async function getAsks(
  db: Db,
  { project, run, turn }: RunRef & { readonly turn: number },
): Promise<readonly Json[]> {
  const step = await db
    .selectFrom('engine_step')
    .select('asks')
    .where('project', '=', project)
    .where('run', '=', run)
    .where('turn', '=', turn)
    .executeTakeFirst();
  return step?.asks ?? [];
}

/** One ask of a turn; null where it asked no such thing. The state, which may be long, stays where it is. */
export async function getAsk(
  db: Db,
  { project, run, turn, ask }: RunRef & { readonly turn: number; readonly ask: string },
): Promise<Json> {
  const { rows } = await sql<{ ask: Json }>`
    select one as ask from engine_step, json_array_elements(asks) as one
    where project = ${project} and run = ${run} and turn = ${turn} and one->>'id' = ${ask}`.execute(
    db,
  );
  return rows[0]?.ask ?? null;
}

/** The turn taken last; null before the first. */
export async function lastStep(db: Db, at: RunRef): Promise<EngineStep | null> {
  const [step] = await select(db, at).orderBy('turn', 'desc').limit(1).execute();
  return step ? stepOf(step) : null;
}

/** All turns taken, in order. */
export async function listSteps(db: Db, at: RunRef): Promise<readonly EngineStep[]> {
  return (await select(db, at).orderBy('turn').execute()).map(stepOf);
}

const select = (db: Db, { project, run }: RunRef) =>
  db.selectFrom('engine_step').selectAll().where('project', '=', project).where('run', '=', run);

const stepOf = (
  row: Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number],
): EngineStep => ({
  turn: row.turn,
  state: row.state,
  events: row.events,
  asks: row.asks,
  done: row.done,
  result: row.result,
  from: row.from_ordinal,
  to: row.to_ordinal,
});

/** Writes a turn once. `written` is false where another attempt was first: its row counts, and this transaction should be undone. */
export async function saveStep(
  db: Db,
  { project, run, step }: RunRef & { readonly step: EngineStep },
): Promise<{ readonly written: boolean }> {
  const row = await db
    .insertInto('engine_step')
    .values({
      project,
      run,
      turn: step.turn,
      state: json(step.state),
      events: json(step.events),
      asks: json(step.asks),
      done: step.done,
      result: jsonOrNull(step.result),
      from_ordinal: step.from,
      to_ordinal: step.to,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('turn')
    .executeTakeFirst();
  return { written: row !== undefined };
}

type Answer = { readonly ask: string; readonly reply: Json };

/** Keeps the reply to an ask; the first one stays. */
export const saveReply = (db: Db, { project, run, ask, reply }: RunRef & Answer): Promise<void> =>
  saveReplies(db, { project, run, replies: [{ ask, reply }] });

/** Keeps replies, one or more; to each ask the first one stays. */
export async function saveReplies(
  db: Db,
  { project, run, replies }: RunRef & { readonly replies: readonly Answer[] },
): Promise<void> {
  await db
    .insertInto('engine_reply')
    .values(replies.map(({ ask, reply }) => ({ project, run, ask, reply: json(reply) })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Replies by ask, those that are there; of all asks of the run where none are named. */
export async function getReplies(
  db: Db,
  { project, run, asks }: RunRef & { readonly asks?: readonly string[] },
): Promise<Readonly<Record<string, Json>>> {
  const rows = await db
    .selectFrom('engine_reply')
    .select(['ask', 'reply'])
    .where('project', '=', project)
    .where('run', '=', run)
    .$if(asks !== undefined, (query) => query.where('ask', 'in', [...asks!, '']))
    .orderBy('ask')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.ask, row.reply]));
}
