import type { Json } from '../../contracts/json.ts';
import type { Db, Tx } from '../../db/connect.ts';
import * as engine from '../../db/engines/engine.ts';
import type { RunRef } from '../../db/runs/runs.ts';
import type { Replies, Turn } from '../../domain/engine.ts';

export type AnyTurn = Turn<unknown, unknown, { readonly id: string }, unknown>;

/** Thrown to undo a transaction whose turn another attempt has written meanwhile. */
class TurnTakenError extends Error {
  override readonly name = 'TurnTakenError';
  readonly kind = 'conflict';
  readonly retryable = false;
}

type Advance = RunRef & {
  readonly turn: number;
  /** The turn, from the stored state before it and the replies there are; `before` is null at the start. */
  readonly take: (before: engine.EngineStep | null) => Promise<AnyTurn>;
  /** What the turn asks the database for, in the transaction that writes it: planned rollouts by ordinal. */
  readonly plan?: (
    tx: Tx,
    turn: AnyTurn,
  ) => Promise<{ readonly from: number; readonly to: number }>;
};

/** Advances an engine by one turn, once: a retry reads the step that is stored. State, asks and plan are one transaction. */
export async function advance(db: Db, of: Advance): Promise<engine.EngineStep> {
  const { project, run, turn } = of;
  const [stored, before] = await Promise.all([
    engine.getStep(db, { project, run, turn }),
    turn === 0 ? null : engine.getStep(db, { project, run, turn: turn - 1 }),
  ]);
  if (stored !== null) return stored;
  if (turn > 0 && before === null) throw new Error(`${run}: turn ${turn - 1} is not stored`);
  const taken = await of.take(before);
  try {
    return await db.transaction().execute(async (tx) => {
      const planned = (await of.plan?.(tx, taken)) ?? { from: 0, to: 0 };
      const step = { turn, ...plain(taken), ...planned };
      const { written } = await engine.saveStep(tx, { project, run, step });
      if (!written) throw new TurnTakenError(`${run}: turn ${turn}`);
      return step;
    });
  } catch (error) {
    const other = await engine.getStep(db, { project, run, turn });
    if (error instanceof TurnTakenError && other !== null) return other;
    throw error;
  }
}

/** Replies to the asks of a run that are stored, by ask; of all its asks where none are named. */
export const repliesOf = async (
  db: Db,
  at: RunRef & { readonly asks?: readonly string[] },
): Promise<Replies> => (await engine.getReplies(db, at)) as Replies;

// States, events and asks of the engines are plain JSON by their contract.
const plain = (turn: AnyTurn): Omit<engine.EngineStep, 'turn' | 'from' | 'to'> => ({
  state: turn.state as Json,
  events: turn.events as readonly Json[],
  asks: turn.kind === 'ask' ? turn.asks : [],
  done: turn.kind === 'done',
  result: turn.kind === 'done' ? (turn.result as Json) : null,
});
