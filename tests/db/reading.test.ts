import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import { SlowStatementError } from '../../db/errors.ts';
import { createReading } from '../../db/reading.ts';
import { openDatabase } from './database.ts';

const open = async (seconds: number) => {
  const { db, url } = await openDatabase();
  return { db, reading: createReading(url, { max: 2, seconds, cancelThrough: db }) };
};
const slow = (db: Db, seconds: number) => sql`select pg_sleep(${seconds})`.execute(db);
const running = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ count: string }>`select count(*) from pg_stat_activity
    where datname = current_database() and state = 'active' and query like '%pg_sleep%'
      and pid <> pg_backend_pid()`.execute(db);
  return Number(rows[0]?.count);
};

test('a statement that a reader waits for ends in time, says so, and leaves the connection usable', async () => {
  const { db, reading } = await open(1);
  const { signal } = new AbortController();
  const within = <T>(body: () => Promise<T>) => reading.within(signal, body);
  const begun = performance.now();
  await assert.rejects(
    within(() => slow(reading.db, 20)),
    SlowStatementError,
  );
  assert.ok(performance.now() - begun < 10_000);
  await within(() => slow(reading.db, 0));
  assert.equal(await running(db), 0);
  await reading.db.destroy();
});

test('what nobody waits for any longer is called off in the database', async () => {
  const { db, reading } = await open(30);
  const leaves = new AbortController();
  const gone = reading.within(leaves.signal, () => slow(reading.db, 30)).catch(() => 'gone');
  for (let waited = 0; (await running(db)) === 0 && waited < 5_000; waited += 20) await sleep(20);
  leaves.abort();
  assert.equal(await gone, 'gone');
  assert.equal(await running(db), 0);
  await reading.db.destroy();
});

test('what a form changes is not bounded by what a reader may ask', async () => {
  const { reading } = await open(1);
  await slow(reading.db, 1.3);
  await reading.db.destroy();
});
