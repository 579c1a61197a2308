import { Client, Connection } from '@temporalio/client';
import { testTemporal } from '../services.ts';
import { type RunningServer, startServer } from './http.ts';

export type Connected = {
  readonly client: Client;
  readonly server: RunningServer;
  stop(): Promise<void>;
};

/** A server on a database, connected to the Temporal of the tests, and a client of that. */
export async function startConnected(databaseUrl: string): Promise<Connected> {
  const { address, namespace } = await testTemporal();
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const server = await startServer({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await client.connection.close();
  };
  return { client, server, stop };
}
