import { createHash } from 'node:crypto';
import { after } from 'node:test';
import { createDatabase, type Db } from '../../db/connect.ts';
import { migrate, migrations } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../services.ts';

export type OpenDatabase = TestDatabase & { readonly db: Db };

const toEnd: (() => Promise<unknown>)[] = [];
after(async () => {
  await Promise.all(toEnd.splice(0).map((end) => end()));
});

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
