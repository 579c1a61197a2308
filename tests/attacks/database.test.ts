import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { type OpenDatabase, openDatabase } from '../db/database.ts';

let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
});

test("Attune's role owns its database and has no other right", async () => {
  const { rows } = await sql<Record<string, boolean>>`
    select rolsuper, rolcreaterole, rolreplication, rolbypassrls from pg_roles
    where rolname = current_user`.execute(database.db);
  assert.deepEqual(rows, [
    { rolsuper: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false },
  ]);
  for (const statement of [
    sql`select pg_read_file('/etc/passwd')`,
    sql`copy (select 1) to program 'id'`,
    sql`select * from pg_authid`,
    sql`alter system set log_statement = 'all'`,
  ])
    await assert.rejects(statement.execute(database.db), /permission denied|must be superuser/);
});
