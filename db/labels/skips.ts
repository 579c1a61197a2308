import { sql } from 'kysely';
import { plainText } from '../column.ts';
import type { Db } from '../connect.ts';
import type { SessionRef } from './items.ts';

export type ItemOfRater = SessionRef & { readonly rater: string; readonly ordinal: number };

/** Why a rater skipped an item; null where they did not, or took it back. */
async function currentSkip(tx: Db, of: ItemOfRater): Promise<string | null> {
  const row = await tx
    .selectFrom('item_skip')
    .select('reason')
    .where('project', '=', of.project)
    .where('session', '=', of.session)
    .where('ordinal', '=', of.ordinal)
    .where('rater', '=', of.rater)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.reason ?? null;
}

/** Skips an item, or takes a skip back (null). False where it stood so already. */
export async function setSkip(tx: Db, of: ItemOfRater, reason: string | null): Promise<boolean> {
  const { project, session, ordinal, rater } = of;
  const text = reason === null ? null : plainText(reason);
  if ((await currentSkip(tx, of)) === text) return false;
  await tx
    .insertInto('item_skip')
    .values({ project, session, ordinal, rater, reason: text })
    .execute();
  return true;
}

export type Skip = { readonly ordinal: number; readonly rater: string; readonly reason: string };

/** The skips of a session that stand, by item and rater. */
export async function listSkips(
  db: Db,
  { project, session }: SessionRef,
): Promise<readonly Skip[]> {
  const { rows } = await sql<Skip>`
    select ordinal, rater, reason from (
      select distinct on (ordinal, rater) ordinal, rater, reason from item_skip
      where project = ${project} and session = ${session} order by ordinal, rater, seq desc
    ) last where reason is not null order by ordinal, rater`.execute(db);
  return rows;
}
