import { sql } from 'kysely';
import type { Json } from '../contracts/json.ts';
import { json } from './column.ts';
import type { Db } from './connect.ts';

/** What the database has to tell a workflow. `labels-target`: a session reached its target. */
export type OutboxMessage = {
  readonly id: string;
  readonly project: string;
  readonly kind: 'labels-target';
  /** Session id. */
  readonly subject: string;
  /** `cycle`: `<name>/<number>` of the session's cycle, null outside of one. */
  readonly payload: { readonly cycle: string | null };
};

/** Writes a message once for each (kind, subject), in the transaction of what it tells. */
export async function tell(
  tx: Db,
  message: Omit<OutboxMessage, 'id'>,
): Promise<{ readonly written: boolean }> {
  const row = await tx
    .insertInto('outbox')
    .values({ ...message, payload: json(message.payload) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return { written: row !== undefined };
}

export type Delivery = {
  readonly delivered: number;
  /** Left for the next time. */
  readonly failed: readonly { readonly message: OutboxMessage; readonly error: unknown }[];
};

/**
 * Hands waiting messages to `deliver`, oldest first, and marks those it took. Processes share the work: a message under way in one
 * is passed over by the others. A message may be delivered twice when a process dies in between.
 */
export function deliverOutbox(
  db: Db,
  {
    limit,
    deliver,
  }: { readonly limit: number; readonly deliver: (message: OutboxMessage) => Promise<void> },
): Promise<Delivery> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('outbox')
      .select(['id', 'project', 'kind', 'subject', 'payload'])
      .where('delivered_at', 'is', null)
      .orderBy('id')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    const failed: { message: OutboxMessage; error: unknown }[] = [];
    for (const row of rows) {
      const message = row as Omit<typeof row, 'payload'> & { payload: Json } as OutboxMessage;
      try {
        await deliver(message);
        await tx
          .updateTable('outbox')
          .set({ delivered_at: sql<Date>`clock_timestamp()` })
          .where('id', '=', row.id)
          .execute();
      } catch (error) {
        failed.push({ message, error });
      }
    }
    return { delivered: rows.length - failed.length, failed };
  });
}
