/** Composition root of the HTTP server. It starts without Temporal: what workflows are to be told waits in the outbox. */
import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { createDatabase } from '../db/connect.ts';
import { createReading } from '../db/reading.ts';
import { migrate } from '../db/migrate.ts';
import { createAttempts } from './access/attempts.ts';
import { createApp } from './app.ts';
import { type ServerEnvironment, readEnvironment } from './environment.ts';
import { createForwarder } from './otlp/forward.ts';
import { runOutbox } from './outbox.ts';
import { lazyTemporal } from './temporal.ts';

const POOL = 8;
/** Few: readers wait for each other rather than workers for them. */
const PAGES_POOL = 4;
const PAGE_SECONDS = 10;
/** How long the end of the server waits for what is still to be sent on. */
const FORWARD_WITHIN_MS = 3_000;

async function main(env: ServerEnvironment): Promise<void> {
  const db = createDatabase(env.DATABASE_URL, { max: POOL });
  await migrate(db);
  const reading = createReading(env.DATABASE_URL, {
    max: PAGES_POOL,
    seconds: PAGE_SECONDS,
    cancelThrough: db,
  });
  const temporal = env.TEMPORAL_ADDRESS === undefined ? null : lazyTemporal();
  const forwarder = forwarderOf(env);
  const app = createApp({
    db,
    reading,
    forwarder,
    project: env.ATTUNE_PROJECT,
    access: { token: env.ATTUNE_TOKEN },
    attempts: createAttempts(),
    temporal,
    salt: env.ATTUNE_SPLIT_SALT,
    temporalUi: env.ATTUNE_TEMPORAL_UI ?? null,
  });
  const stop = new AbortController();
  const outbox = temporal === null ? null : runOutbox({ db, temporal, signal: stop.signal });

  const server = serve({ fetch: app.fetch, hostname: env.HOST, port: env.PORT });
  server.once('error', (error: NodeJS.ErrnoException) => fail(describe(error, env)));
  server.once('listening', () => {
    const { port } = server.address() as AddressInfo;
    console.log(JSON.stringify({ ready: true, role: 'server', port }));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort());
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  await new Promise((resolve) => {
    server.close(resolve);
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  await forwarder?.close(FORWARD_WITHIN_MS);
  await outbox;
  await temporal?.connection.close();
  await reading.db.destroy();
  await db.destroy();
}

const forwarderOf = (env: ServerEnvironment) =>
  env.ATTUNE_FORWARD_OTLP_URL === undefined
    ? null
    : createForwarder({
        url: env.ATTUNE_FORWARD_OTLP_URL,
        headers: env.ATTUNE_FORWARD_OTLP_HEADERS ?? {},
        log: (line) => console.error(JSON.stringify(line)),
      });

const describe = (error: NodeJS.ErrnoException, { HOST, PORT }: ServerEnvironment): string =>
  error.code === 'EADDRINUSE'
    ? `port ${PORT} on ${HOST} is in use; set PORT to another, or to 0 for a free one`
    : error.message;

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}

try {
  await main(readEnvironment(process.env));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
