import type { Client } from '@temporalio/client';
import { createDatabase, type Db } from '../db/connect.ts';
import { dataDirOf } from '../stack/index.ts';
import { connectTemporal } from './temporal.ts';
import type { Environment } from './environment.ts';
import { NoStackError, UnreachableError } from './errors.ts';
import { reachable } from './running/reach.ts';

export type ServerAddress = { readonly url: string; readonly token: string };

/** What a command reaches, opened when first asked for. */
export type Connections = {
  readonly project: string;
  /** @throws NoStackError | UnreachableError */
  database(): Promise<Db>;
  /** @throws NoStackError | UnreachableError */
  temporal(): Promise<Client>;
  /** The HTTP server of the stack. @throws NoStackError */
  server(): ServerAddress;
  close(): Promise<void>;
};

const POOL = 4;

export function openConnections(env: Environment): Connections {
  const variables = reachable(env);
  const dataDir = dataDirOf(env.all);
  let database: Promise<Db> | undefined;
  let temporal: Promise<Client> | undefined;
  return {
    project: variables['ATTUNE_PROJECT'] || 'default',
    database: () => (database ??= openDatabase(variables['DATABASE_URL'], dataDir)),
    temporal() {
      if (!variables['TEMPORAL_ADDRESS']) throw new NoStackError(dataDir);
      return (temporal ??= connectTemporal(variables));
    },
    server() {
      const { ATTUNE_SERVER: url, ATTUNE_TOKEN: token } = variables;
      if (!url || !token) throw new NoStackError(dataDir);
      return { url, token };
    },
    async close() {
      const [db, client] = await Promise.allSettled([database, temporal]);
      if (db.status === 'fulfilled') await db.value?.destroy();
      if (client.status === 'fulfilled') await client.value?.connection.close();
    },
  };
}

async function openDatabase(url: string | undefined, dataDir: string): Promise<Db> {
  if (!url) throw new NoStackError(dataDir);
  const db = createDatabase(url, { max: POOL });
  try {
    await db.connection().execute(() => Promise.resolve());
    return db;
  } catch (error) {
    await db.destroy();
    throw new UnreachableError(
      `The database at ${new URL(url).host}`,
      error,
      'Is it up? `npx attune doctor` looks; `npx attune up` starts one.',
    );
  }
}
