import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from 'kysely';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { Db } from './connect.ts';
import { SlowStatementError } from './errors.ts';
import type { Database } from './tables.ts';

export type ReadingOptions = {
  readonly max: number;
  /** How long one statement may take, in seconds. */
  readonly seconds: number;
  /** Where a statement is called off: not a pool that may be busy with just those. */
  readonly cancelThrough: Db;
};

/** The database as pages use it: apart from what workers and programs write, so that no page holds that up. */
export type Reading = {
  readonly db: Db;
  /** Runs `body`, for somebody who waits: its statements are bounded in time, and called off when the signal is aborted. */
  within<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T>;
};

const CONNECT_MS = 10_000;
const CANCELLED = '57014';

const ignore = (): void => undefined;

export function createReading(url: string, options: ReadingOptions): Reading {
  const waiting = new AsyncLocalStorage<AbortSignal>();
  const reads = openPool(url, options.max, { statement_timeout: options.seconds * 1_000 });
  const forms = openPool(url, options.max);
  const connect = async (): Promise<PostgresPoolClient> => {
    const signal = waiting.getStore();
    if (signal === undefined) return forms.connect();
    const client = await reads.connect();
    if (!signal.aborted) return watched(client, signal, options);
    client.release();
    throw new SlowStatementError(options.seconds);
  };
  const end = async (): Promise<void> => void (await Promise.all([reads.end(), forms.end()]));
  const dialect = new PostgresDialect({ pool: { connect, end, options: reads.options } });
  return {
    db: new Kysely<Database>({ dialect }),
    within: (signal, body) => waiting.run(signal, body),
  };
}

function openPool(url: string, max: number, more: PoolConfig = {}): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'attune pages',
    ...more,
  });
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/** A connection as it is lent for one piece of work: it comes back only when no word to call that off is under way. */
function watched(
  client: PoolClient,
  signal: AbortSignal,
  { seconds, cancelThrough }: ReadingOptions,
): PostgresPoolClient {
  let calledOff: Promise<unknown> = Promise.resolve();
  const callOff = (): void => {
    const { processID } = client as unknown as { readonly processID: number };
    calledOff = sql`select pg_cancel_backend(${processID})`.execute(cancelThrough).catch(ignore);
  };
  signal.addEventListener('abort', callOff, { once: true });
  const query = (...given: readonly unknown[]): Promise<unknown> =>
    (client.query as (...all: readonly unknown[]) => Promise<unknown>)
      .call(client, ...given)
      .catch((error: unknown) => {
        throw (error as { readonly code?: string }).code === CANCELLED
          ? new SlowStatementError(seconds)
          : error;
      });
  return {
    query: query as PostgresPoolClient['query'],
    release() {
      signal.removeEventListener('abort', callOff);
      void calledOff.then(() => client.release());
    },
  };
}
