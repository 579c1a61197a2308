import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { z } from 'zod';
import { startKeeper } from './keeping.ts';

/** How to fill the database every test database is a copy of: `key` names its content (a hash of the migrations), `run` makes it once per test run. */
export type Template = { readonly key: string; readonly run: (url: string) => Promise<void> };
export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

const refusal = z.object({ error: z.string() });
let own: Promise<string> | undefined;

/**
 * The PostgreSQL of this test run, started when first asked for (fsync off, user and database `attune`). Without the global setup a test
 * file gets one of its own, which ends with it.
 */
export async function testPostgres(): Promise<{ readonly url: string }> {
  return z.object({ url: z.string() }).parse(await ask('/postgres'));
}

/** The Temporal development server of this test run: in memory, Attune's search attributes registered, no UI; `cli` is its program. */
export async function testTemporal(): Promise<{
  readonly address: string;
  readonly namespace: string;
  readonly cli: string;
}> {
  const shape = z.object({ address: z.string(), namespace: z.string(), cli: z.string() });
  return shape.parse(await ask('/temporal'));
}

/** The program of the time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping`'s `existing-path`. */
export async function testServerPath(): Promise<string> {
  return z.object({ path: z.string() }).parse(await ask('/test-server')).path;
}

/** Both services at once. */
export async function startTestServices(): Promise<{
  readonly databaseUrl: string;
  readonly temporal: Awaited<ReturnType<typeof testTemporal>>;
}> {
  const [postgres, temporal] = await Promise.all([testPostgres(), testTemporal()]);
  return { databaseUrl: postgres.url, temporal };
}

/** A database of its own for one test, a copy of the template (empty without one). `drop` also ends what is still connected to it. */
export async function createTestDatabase(template?: Template): Promise<TestDatabase> {
  const { url } = await testPostgres();
  const source = template && (await prepareTemplate(url, template));
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await run(url, (admin) =>
    admin.query(`create database ${name} template ${source ?? 'template0'}`),
  );
  return {
    url: withDatabase(url, name),
    drop: () => run(url, (admin) => admin.query(`drop database if exists ${name} with (force)`)),
  };
}

/** One process fills the template under an advisory lock while the others wait; it gets its final name only when it is complete. */
async function prepareTemplate(url: string, { key, run: fill }: Template): Promise<string> {
  const name = `template_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  await run(url, async (admin) => {
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    await admin.query(`drop database if exists ${name}_new with (force)`);
    await admin.query(`create database ${name}_new template template0`);
    await fill(withDatabase(url, `${name}_new`));
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      `${name}_new`,
    ]);
    await admin.query(`alter database ${name}_new rename to ${name}`);
  });
  return name;
}

async function run(url: string, work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: url });
  admin.on('error', () => {});
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function ask(path: string): Promise<unknown> {
  const keeper =
    process.env['ATTUNE_TEST_KEEPER'] ??
    (await (own ??= startKeeper().then(({ keeper: url }) => url)));
  const response = await fetch(`${keeper}${path}`);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(refusal.parse(body).error);
  return body;
}
