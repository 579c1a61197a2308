import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from 'pg';
import { identify, waitUntilGone } from '../../stack/index.ts';
import { startKeeper } from '../keeping.ts';
import { createTestDatabase, startTestServices } from '../services.ts';

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

test('test databases are copies of one template that is filled only once', async () => {
  let fills = 0;
  const template = {
    key: 'services.test',
    run: async (url: string) => {
      fills += 1;
      await query(url, 'create table note (text text); insert into note values ($$kept$$)');
    },
  };
  const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase(template)));
  assert.equal(fills, 1);
  assert.equal(new Set(databases.map(({ url }) => url)).size, 3);
  for (const { url } of databases)
    assert.deepEqual(await query(url, 'select * from note'), [{ text: 'kept' }]);
  await Promise.all(databases.map(({ drop }) => drop()));
  const [first] = databases;
  await assert.rejects(query(first?.url ?? '', 'select 1'), /does not exist/);
});

test('the shared services answer with both addresses', async () => {
  const { databaseUrl, temporal } = await startTestServices();
  assert.deepEqual(await query(databaseUrl, 'select 1 as one'), [{ one: 1 }]);
  assert.match(temporal.address, /^127\.0\.0\.1:\d+$/);
});

test('a keeper that is told to end leaves neither process nor folder', async () => {
  const keeper = await startKeeper();
  const identity = identify(keeper.pid);
  assert.ok(identity);
  const response = await fetch(`${keeper.keeper}/postgres`);
  const { url } = (await response.json()) as { url: string };
  const [row] = (await query(
    url,
    'select pg_postmaster_start_time(), pg_backend_pid() as pid',
  )) as { pid: number }[];
  assert.ok(row);
  await keeper.end();
  assert.ok(await waitUntilGone(identity, 1_000));
  assert.equal(identify(row.pid), undefined);
  assert.equal(existsSync(keeper.folder), false);
});
