import type { JsonObject } from '../contracts/json.ts';
import type { Db } from './connect.ts';

/** A row of a dataset as a turn of its conversation. */
export type TurnRow = {
  readonly conversation: string;
  readonly example: string;
  readonly inputs: JsonObject;
  /** Recorded; null where the row brings none. */
  readonly outputs: JsonObject | null;
};

/**
 * Rows of some conversations in the order of the dataset. All rows of a conversation are in one part: whoever may read one of them
 * may read these.
 */
export async function listTurns(
  db: Db,
  at: {
    readonly project: string;
    readonly version: string;
    readonly conversations: readonly string[];
  },
): Promise<readonly TurnRow[]> {
  if (at.conversations.length === 0) return [];
  return db
    .selectFrom('dataset_row as r')
    .innerJoin('example as e', (join) =>
      join
        .onRef('e.project', '=', 'r.project')
        .onRef('e.id', '=', 'r.example')
        .onRef('e.hash', '=', 'r.hash'),
    )
    .select(['e.conversation', 'e.id as example', 'e.inputs', 'e.outputs'])
    .where('r.project', '=', at.project)
    .where('r.version', '=', at.version)
    .where('e.conversation', 'in', [...at.conversations])
    .orderBy('r.ordinal')
    .execute();
}
