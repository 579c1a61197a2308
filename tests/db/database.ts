import { createHash } from 'node:crypto';
import { after } from 'node:test';
import { sql } from 'kysely';
import { createDatabase, type Db } from '../../db/connect.ts';
import { migrate, migrations } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../services.ts';

export type OpenDatabase = TestDatabase & { readonly db: Db };

const toEnd: (() => Promise<unknown>)[] = [];
after(async () => {
  await Promise.all(toEnd.splice(0).map((end) => end()));
});

/**
 * Ends all connections to a database but the asking one, and waits until the server has ended them: the word alone is only a signal,
 * which a busy machine delivers later.
 */
export async function cutConnections(db: Db, database: string): Promise<void> {
  await sql`select pg_terminate_backend(pid, 30000) from pg_stat_activity
    where datname = ${database} and pid <> pg_backend_pid()`.execute(db);
}

/** A migrated database of its own. It goes with the server of the test run: a drop would cost a checkpoint each. */
export async function openDatabase({ max = 8 } = {}): Promise<OpenDatabase> {
  const files = await migrations();
  const key = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  const made = await createTestDatabase({
    key,
    async run(url) {
      const db = createDatabase(url, { max: 1 });
      await migrate(db);
      await db.destroy();
    },
  });
  const db = createDatabase(made.url, { max });
  toEnd.push(() => db.destroy());
  return { ...made, db };
}
