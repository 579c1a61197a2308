import { Kysely, PostgresDialect, Transaction } from 'kysely';
import { Pool } from 'pg';
import type { Database } from './tables.ts';

/** A database handle: a pool, or a transaction where one is under way. */
export type Db = Kysely<Database>;

export type Tx = Transaction<Database>;

const CONNECT_MS = 10_000;

const ignore = (): void => undefined;

/** A pool of at most `max` connections, opened when first used; close it with `destroy()`. */
export function createDatabase(url: string, { max }: { readonly max: number }): Db {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    // A peer that vanished without a word would else be waited for as long as the system likes.
    keepAlive: true,
    keepAliveInitialDelayMillis: CONNECT_MS,
    application_name: 'attune',
  });
  // A connection that breaks is replaced at its next use, and fails the statement under way. Its error event, unheard, would end the
  // process: the pool listens to idle connections only.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs `body` in a transaction: the one under way, or a new one. */
export function inTransaction<T>(db: Db | Tx, body: (tx: Tx) => Promise<T>): Promise<T> {
  return db instanceof Transaction ? body(db) : db.transaction().execute(body);
}
