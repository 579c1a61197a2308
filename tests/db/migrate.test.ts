import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { createDatabase } from '../../db/connect.ts';
import { migrate, migrations } from '../../db/migrate.ts';
import { createTestDatabase } from '../services.ts';
import { cutConnections, openDatabase } from './database.ts';
import { startCycle } from './fixture.ts';

test('eight processes that migrate an empty database at once leave it migrated once', async () => {
  const { url, drop } = await createTestDatabase();
  const pools = Array.from({ length: 8 }, () => createDatabase(url, { max: 1 }));
  try {
    await Promise.all(pools.map((db) => migrate(db)));
    const rows = await pools[0]!.selectFrom('schema_migration').selectAll().execute();
    assert.equal(rows.length, (await migrations()).length);
    await migrate(pools[0]!);
  } finally {
    await Promise.all(pools.map((db) => db.destroy()));
    await drop();
  }
});

test('a database that a newer program migrated is refused with both versions', async () => {
  const { db } = await openDatabase();
  await db.insertInto('schema_migration').values({ version: 999 }).execute();
  await assert.rejects(migrate(db), { name: 'DatabaseTooNewError', version: 999 });
});

test('a connection that is cut while idle is replaced at the next use', async () => {
  const { db, url } = await openDatabase({ max: 1 });
  await sql`select 1`.execute(db);
  const other = createDatabase(url, { max: 1 });
  await cutConnections(other, new URL(url).pathname.slice(1));
  await delay(50);
  const { rows } = await sql<{ n: number }>`select 1 as n`.execute(db);
  assert.equal(rows[0]?.n, 1);
  await other.destroy();
});

test('a connection that is cut between the statements of a transaction fails it, and not the process', async () => {
  const { db, url } = await openDatabase({ max: 1 });
  const other = createDatabase(url, { max: 1 });
  const cut = db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx);
    await cutConnections(other, new URL(url).pathname.slice(1));
    await delay(50);
    await sql`select 2`.execute(tx);
  });
  await assert.rejects(cut);
  const { rows } = await sql<{ n: number }>`select 3 as n`.execute(db);
  assert.equal(rows[0]?.n, 3);
  await other.destroy();
});

test('rows that are append-only cannot be changed or deleted', async () => {
  const { db } = await openDatabase();
  await startCycle(db);
  for (const table of ['membership', 'dataset_version', 'dataset_row', 'prompt_version'] as const)
    await assert.rejects(db.deleteFrom(table).execute(), /append-only: delete refused/, table);
  await assert.rejects(
    db.updateTable('membership').set({ part: 'train' }).execute(),
    /append-only: update refused/,
  );
  await assert.rejects(
    db.updateTable('project').set({ split_salt: 'another' }).execute(),
    /set once/,
  );
});
