import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { sql } from 'kysely';
import { dumpSchema } from '../../db/dump.ts';
import { openDatabase } from './database.ts';

const SCHEMA = new URL('../../db/schema.sql', import.meta.url);

test('db/schema.sql shows what the migrations make (else: npm run schema:dump)', async () => {
  const { db } = await openDatabase();
  assert.equal(await dumpSchema(db), await readFile(SCHEMA, 'utf8'));
});

test('a dump tells a changed column, index and trigger apart', async () => {
  const { db } = await openDatabase();
  const before = await dumpSchema(db);
  const changes = [
    'alter table report alter evidence_hash drop not null',
    'create index report_hash on report (evidence_hash)',
    'drop trigger append_only on label',
  ];
  const seen = new Set([before]);
  for (const change of changes) {
    await sql.raw(change).execute(db);
    seen.add(await dumpSchema(db));
  }
  assert.equal(seen.size, changes.length + 1);
});

test('every table of content stands under a project', async () => {
  const { db } = await openDatabase();
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and not exists (select from pg_attribute a where a.attrelid = c.oid
        and (a.attname = 'project' or c.relname = 'project'))
    order by 1`.execute(db);
  assert.deepEqual(
    rows.map((row) => row.name),
    // What is known of an endpoint is not the content of a project, and the same for all.
    ['model_claim', 'model_dialect', 'schema_migration'],
  );
});
