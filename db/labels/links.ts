import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { writeAudit } from '../audit.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import type { SessionRef } from './items.ts';
import { getSession } from './sessions.ts';
import type { Database } from '../tables.ts';

/** A link that ends within the hour is not worth giving. */
const SOON_MS = 3_600_000;

/** One rater's way into one session. */
export type RaterLink = {
  readonly id: string;
  readonly session: string;
  readonly rater: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
};

/** The key that signs the links of a project; drawn once. */
export async function signingKey(db: Db, project: string): Promise<string> {
  await db
    .insertInto('signing_key')
    .values({ project, key: randomBytes(32).toString('hex') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { key } = await db
    .selectFrom('signing_key')
    .select('key')
    .where('project', '=', project)
    .executeTakeFirstOrThrow();
  return key;
}

/** A link for each rater; one that is there and still opens its session is given again unless `fresh`. */
export function createLinks(
  db: Db,
  of: SessionRef & {
    readonly raters: readonly string[];
    readonly expiresAt: string;
    readonly fresh: boolean;
    readonly who: string;
  },
): Promise<readonly RaterLink[]> {
  return inTransaction(db, async (tx) => {
    await getSession(tx, of);
    const soon = new Date(Date.now() + SOON_MS).toISOString();
    const there = of.fresh ? [] : await listLinks(tx, of);
    const made: RaterLink[] = [];
    for (const rater of of.raters) {
      const found = there.find(
        (link) => link.rater === rater && link.revokedAt === null && link.expiresAt > soon,
      );
      made.push(found ?? (await insertLink(tx, { ...of, rater })));
    }
    return made;
  });
}

async function insertLink(
  tx: Db,
  of: SessionRef & { readonly rater: string; readonly expiresAt: string; readonly who: string },
): Promise<RaterLink> {
  const row = await tx
    .insertInto('rater_link')
    .values({
      project: of.project,
      id: randomBytes(9).toString('base64url'),
      session: of.session,
      rater: of.rater,
      expires_at: of.expiresAt,
      created_by: of.who,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const detail = { rater: of.rater, link: row.id, expires: of.expiresAt };
  await writeAudit(tx, { ...of, action: 'link', subject: of.session, detail });
  return linkOf(row);
}

/** Newest first. */
export async function listLinks(
  db: Db,
  { project, session }: SessionRef,
): Promise<readonly RaterLink[]> {
  const rows = await db
    .selectFrom('rater_link')
    .selectAll()
    .where('project', '=', project)
    .where('session', '=', session)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(linkOf);
}

export async function getLink(
  db: Db,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<RaterLink | null> {
  const row = await db
    .selectFrom('rater_link')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : linkOf(row);
}

/** From now on the links of a rater open nothing. @throws NotFoundError where none was open */
export function revokeLinks(
  db: Db,
  of: SessionRef & { readonly rater: string; readonly who: string },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const done = await tx
      .updateTable('rater_link')
      .set({ revoked_at: new Date() })
      .where('project', '=', of.project)
      .where('session', '=', of.session)
      .where('rater', '=', of.rater)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    const revoked = Number(done.numUpdatedRows);
    if (revoked === 0)
      throw new NotFoundError(
        'open link of rater',
        of.rater,
        `see \`attune label links ${of.session}\``,
      );
    const detail = { rater: of.rater };
    await writeAudit(tx, { ...of, action: 'revoke', subject: of.session, detail });
    return revoked;
  });
}

const linkOf = (row: Selectable<Database['rater_link']>): RaterLink => ({
  id: row.id,
  session: row.session,
  rater: row.rater,
  expiresAt: row.expires_at!.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
});
