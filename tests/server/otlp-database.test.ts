import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { getTrace } from '../../db/traces/traces.ts';
import { isPassing } from '../../server/otlp/passing.ts';
import { cutConnections, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { startServer } from './http.ts';
import { post, request, span, TRACE } from './otlp.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

test('only what the database may get over is to be sent again', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '53300', '40P01', '08006'])
    assert.ok(isPassing(coded(code)), code);
  assert.ok(isPassing(new Error('Connection terminated unexpectedly')));
  for (const code of ['22P02', '23505', '42P01', 'EPERM']) assert.ok(!isPassing(coded(code)), code);
  assert.ok(!isPassing(new TypeError('x is not a function')));
});

test('while the database is away spans are answered with 503 and retry-after, and taken afterwards', async () => {
  const { db, url } = await openDatabase();
  const server = await startServer({ DATABASE_URL: url });
  const name = new URL(url).pathname.slice(1);
  const admin = await openDatabase();
  const allow = (allowed: boolean) =>
    sql`alter database ${sql.id(name)} allow_connections ${sql.lit(allowed)}`.execute(admin.db);
  try {
    await allow(false);
    await cutConnections(admin.db, name);
    const away = await post(server, request(span('1')));
    assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5']);
    assert.match(JSON.stringify(away.json()), /may be sent again/);
    await allow(true);
    assert.equal((await post(server, request(span('1')))).status, 200);
    assert.equal((await getTrace(db, { project: PROJECT, id: TRACE })).spans.length, 1);
  } finally {
    await server.stop();
  }
});
