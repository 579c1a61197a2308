import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { UnreachableError } from './errors.ts';

const CONNECT_WITHIN_MS = 8_000;

/** A client of the Temporal server that the variables name (TEMPORAL_ADDRESS, TLS, API key, profile). @throws UnreachableError */
export async function connectTemporal(env: Readonly<Record<string, string>>): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: { ...env },
  });
  const { address, tls, apiKey, metadata } = connectionOptions;
  const where = address ?? 'localhost:7233';
  try {
    const connection = await Connection.connect({
      address: where,
      connectTimeout: CONNECT_WITHIN_MS,
      ...(tls !== undefined && tls !== null && { tls }),
      ...(apiKey !== undefined && { apiKey }),
      ...(metadata !== undefined && { metadata: stringsOf(metadata) }),
    });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new UnreachableError(
      `Temporal at ${where}`,
      error,
      'Is it up? `npx attune doctor` looks; `npx attune up` starts one.',
    );
  }
}

const stringsOf = (metadata: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
