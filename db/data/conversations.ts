import type { JsonObject } from '../../contracts/json.ts';
import type { Db } from '../connect.ts';
import { rowsOf, type VersionRef } from './examples.ts';

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
  at: VersionRef & { readonly conversations: readonly string[] },
): Promise<readonly TurnRow[]> {
  if (at.conversations.length === 0) return [];
  return rowsOf(db, at)
    .select(['e.conversation', 'e.id as example', 'e.inputs', 'e.outputs'])
    .where('e.conversation', 'in', [...at.conversations])
    .execute();
}
