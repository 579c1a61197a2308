import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { DatabaseTooNewError } from './errors.ts';

const FOLDER = new URL('migrations/', import.meta.url);
/** Key of the advisory lock under which one process migrates while others wait. */
const LOCK = 7_281_001;

/**
 * Brings the schema up to date: forward only, each file in a transaction of its own. Safe when several processes start at once.
 * @throws DatabaseTooNewError
 */
export async function migrate(db: Db): Promise<void> {
  const known = await migrations();
  for (const migration of known) await apply(db, migration);
  const { rows } = await sql<{ version: number | null }>`
    select max(version) as version from schema_migration`.execute(db);
  const version = rows[0]?.version ?? 0;
  if (version > known.length) throw new DatabaseTooNewError(version, known.length);
}

type Migration = { readonly version: number; readonly text: string };

/** The files of db/migrations in order; file `000001.sql` is version 1. */
export async function migrations(): Promise<readonly Migration[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{6}\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => ({
      version: Number.parseInt(file, 10),
      text: await readFile(new URL(file, FOLDER), 'utf8'),
    })),
  );
}

function apply(db: Db, { version, text }: Migration): Promise<void> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    await sql`create table if not exists schema_migration (
      version integer primary key, applied_at timestamptz not null default now())`.execute(tx);
    const inserted = await tx
      .insertInto('schema_migration')
      .values({ version })
      .onConflict((conflict) => conflict.doNothing())
      .returning('version')
      .executeTakeFirst();
    if (inserted) await sql.raw(text).execute(tx);
  });
}
