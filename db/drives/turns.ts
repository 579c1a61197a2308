import { type Selectable, sql } from 'kysely';
import type { DriveRef, DriveTurn, TurnRef } from '../../contracts/drive.ts';
import { json, jsonOrNull, plainText } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import type { Database } from '../tables.ts';

export type NewTurn = Pick<DriveTurn, 'message' | 'inputs' | 'versions' | 'traceId'>;

/** An earlier turn has no answer yet. */
export class TurnOpenError extends Error {
  override readonly name = 'TurnOpenError';
  readonly kind = 'undecided';
  readonly retryable = false;
  constructor(turn: number) {
    super(`the agent is still at message ${turn}; send the next one after its answer`);
  }
}

/** Adds a turn that waits for its answer; `make` is given those before it. @throws TurnOpenError while one of them waits */
export function addTurn(
  db: Db,
  { project, drive }: DriveRef,
  make: (before: readonly DriveTurn[]) => NewTurn,
): Promise<DriveTurn> {
  return inTransaction(db, async (tx) => {
    await tx
      .selectFrom('drive')
      .select('id')
      .where('project', '=', project)
      .where('id', '=', drive)
      .forNoKeyUpdate()
      .execute();
    const before = await listTurns(tx, { project, drive });
    const open = before.find(({ status }) => status === 'pending');
    if (open !== undefined) throw new TurnOpenError(open.turn);
    const { message, inputs, versions, traceId } = make(before);
    const row = await tx
      .insertInto('drive_turn')
      .values({
        project,
        drive,
        turn: before.length + 1,
        message: plainText(message),
        inputs: json(inputs),
        versions: json(versions),
        trace: traceId,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return turnOf(row);
  });
}

/** In order. */
export async function listTurns(
  db: Db,
  { project, drive }: DriveRef,
): Promise<readonly DriveTurn[]> {
  const rows = await db
    .selectFrom('drive_turn')
    .selectAll()
    .where('project', '=', project)
    .where('drive', '=', drive)
    .orderBy('turn')
    .execute();
  return rows.map(turnOf);
}

/** @throws NotFoundError */
export async function getTurn(db: Db, { project, drive, turn }: TurnRef): Promise<DriveTurn> {
  const row = await db
    .selectFrom('drive_turn')
    .selectAll()
    .where('project', '=', project)
    .where('drive', '=', drive)
    .where('turn', '=', turn)
    .executeTakeFirst();
  if (!row) throw new NotFoundError('turn', `${drive}/${turn}`, 'open the test drive again');
  return turnOf(row);
}

export type TurnAnswer = Pick<
  DriveTurn,
  'outputs' | 'error' | 'latencyMs' | 'price' | 'practice'
> & {
  readonly status: Exclude<DriveTurn['status'], 'pending'>;
};

/** The answer of a turn that waits for one; one that has its answer keeps it. */
export async function answerTurn(
  tx: Db,
  { project, drive, turn }: TurnRef,
  { status, outputs, error, latencyMs, price, practice }: TurnAnswer,
): Promise<void> {
  await tx
    .updateTable('drive_turn')
    .set({
      status,
      outputs: jsonOrNull(outputs),
      error: jsonOrNull(error),
      latency_ms: latencyMs,
      price,
      practice,
      answered_at: sql<Date>`clock_timestamp()`,
    })
    .where('project', '=', project)
    .where('drive', '=', drive)
    .where('turn', '=', turn)
    .where('status', '=', 'pending')
    .execute();
}

/** Keeps why a turn stays without an answer, by no fault of the agent. */
export const missTurn = (
  db: Db,
  at: TurnRef,
  error: NonNullable<DriveTurn['error']>,
): Promise<void> =>
  answerTurn(db, at, {
    status: 'missing',
    outputs: null,
    error,
    latencyMs: null,
    price: null,
    practice: false,
  });

/** Lets a turn wait again that was not answered by our fault. False where there is nothing to ask again. */
export async function reopenTurn(db: Db, { project, drive, turn }: TurnRef): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('drive_turn')
    .set({
      status: 'pending',
      error: null,
      latency_ms: null,
      price: null,
      asked_at: sql<Date>`clock_timestamp()`,
      answered_at: null,
    })
    .where('project', '=', project)
    .where('drive', '=', drive)
    .where('turn', '=', turn)
    .where('status', '=', 'missing')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const turnOf = (row: Selectable<Database['drive_turn']>): DriveTurn => ({
  project: row.project,
  drive: row.drive,
  turn: row.turn,
  message: row.message,
  inputs: row.inputs,
  versions: row.versions,
  traceId: row.trace,
  status: row.status,
  outputs: row.outputs,
  error: row.error,
  latencyMs: row.latency_ms,
  price: row.price,
  practice: row.practice,
  askedAt: row.asked_at.toISOString(),
});
