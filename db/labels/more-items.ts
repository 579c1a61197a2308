import { sql } from 'kysely';
import { type Db, inTransaction } from '../connect.ts';
import { lockLabels } from './labels.ts';
import { insertItems, listItems, type NewItem, type SessionRef } from './items.ts';
import { getSession } from './sessions.ts';

/** A session that takes no further items. */
export class SessionFixedError extends Error {
  override readonly name = 'SessionFixedError';
  readonly kind = 'refused';
  readonly retryable = false;
  constructor(session: string, why: string) {
    super(`label session \`${session}\` ${why}; make a new session of these items`);
  }
}

/**
 * Adds items to an open session outside of cycles, after those it has, and as many labels to its target; items it has already stay once. Gives the number added.
 * @throws NotFoundError | SessionFixedError
 */
export function addItems(
  db: Db,
  at: SessionRef & { readonly items: readonly NewItem[] },
): Promise<number> {
  const { project, session: id } = at;
  return inTransaction(db, async (tx) => {
    await lockLabels(tx, project);
    const session = await getSession(tx, at);
    if (session.cycle !== null) throw new SessionFixedError(id, 'is a round of its cycle');
    if (session.state === 'closed') throw new SessionFixedError(id, 'is closed');
    const there = await listItems(tx, at);
    const known = new Set(there.map(keyOf));
    const fresh = at.items.filter((item) => !known.has(keyOf(item)));
    await insertItems(tx, { project, session: id, items: fresh, there: there.length });
    await tx
      .updateTable('label_session')
      .set({ target: sql<number>`target + ${fresh.length * session.ratersPerItem}` })
      .where('project', '=', project)
      .where('id', '=', id)
      .execute();
    return fresh.length;
  });
}

const keyOf = ({ example, outputHash }: Pick<NewItem, 'example' | 'outputHash'>): string =>
  `${example}#${outputHash}`;
