import { randomBytes } from 'node:crypto';
import type { Db } from './connect.ts';
import { NotFoundError } from './errors.ts';

export type Project = {
  readonly name: string;
  /** Decides for ever which conversations are sealed. */
  readonly splitSalt: string;
  /** Share of draws that are sealed; null before the first split. */
  readonly sealedShare: number | null;
};

/** The project, created when it is new. The first salt given stays; without one it is random until the first split. */
export async function ensureProject(
  db: Db,
  { project, salt }: { readonly project: string; readonly salt?: string | undefined },
): Promise<Project> {
  await db
    .insertInto('project')
    .values({
      name: project,
      split_salt: salt ?? randomBytes(32).toString('hex'),
      salt_drawn: salt === undefined,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (salt !== undefined)
    await db
      .updateTable('project')
      .set({ split_salt: salt, salt_drawn: false })
      .where('name', '=', project)
      .where('salt_drawn', '=', true)
      .where('sealed_share', 'is', null)
      .execute();
  return getProject(db, project);
}

/** @throws NotFoundError */
export async function getProject(db: Db, project: string): Promise<Project> {
  const row = await db
    .selectFrom('project')
    .selectAll()
    .where('name', '=', project)
    .executeTakeFirst();
  if (!row) throw new NotFoundError('project', project, 'import a dataset first');
  return { name: row.name, splitSalt: row.split_salt, sealedShare: row.sealed_share };
}
