import { createHash } from 'node:crypto';
import { after } from 'node:test';
import { createDatabase, type Db } from '../../db/connect.ts';
import { migrate, migrations } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../services.ts';

export type OpenDatabase = TestDatabase & { readonly db: Db };

const toEnd: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of toEnd.splice(0)) await end();
});

/** A migrated database of its own, dropped when the test file ends. */
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
  toEnd.unshift(async () => {
    await db.destroy();
    await made.drop();
  });
  return { ...made, db };
}
