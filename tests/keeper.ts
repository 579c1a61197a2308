// Keeps the PostgreSQL and the Temporal server that all test files of one run share. It starts each when it is first asked for, over
// loopback HTTP, and ends both when its standard input closes: so they never outlive the run, however the run ends.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess } from '../stack/ending.ts';
import type { ProcessIdentity } from '../stack/identity.ts';
import { launch } from '../stack/launch.ts';
import { freePort, freePorts } from '../stack/ports.ts';
import { initialisePostgres } from '../stack/postgres/initialise.ts';
import { placePostgres } from '../stack/postgres/place.ts';
import { postgresLaunch, postgresUrl } from '../stack/postgres/server.ts';
import { findTemporal, findTestServer } from '../stack/temporal/find.ts';
import { temporalLaunch } from '../stack/temporal/server.ts';

const clone = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'attune-tests-'));
chmodSync(folder, 0o755);
const started: ProcessIdentity[] = [];
const remember = (identity: ProcessIdentity) => void started.push(identity);

async function postgres(): Promise<{ url: string }> {
  const place = placePostgres(folder, clone);
  const password = 'for-tests-only';
  await initialisePostgres(place, password, { mayCreateDatabases: true });
  const port = await freePort();
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
  };
  await launch(
    postgresLaunch({ place, port, settings, logFile: join(folder, 'postgres.log') }),
    remember,
  );
  return { url: postgresUrl(port, password) };
}

async function temporal(): Promise<{ address: string; namespace: string; cli: string }> {
  const { path } = await findTemporal({ env: process.env, dataDir: folder });
  const [grpc = 0, http = 0, metrics = 0] = await freePorts([undefined, undefined, undefined]);
  const options = {
    command: path,
    env: process.env,
    cwd: folder,
    logFile: join(folder, 'temporal.log'),
  };
  const ports = { grpc, http, metrics, ui: undefined };
  await launch(temporalLaunch({ ...options, ports, databaseFile: undefined }), remember);
  return { address: `127.0.0.1:${grpc}`, namespace: 'default', cli: path };
}

const testServer = async () => ({
  path: (await findTestServer({ env: process.env, dataDir: folder })).path,
});

const offers: Readonly<Record<string, () => Promise<unknown>>> = {
  '/postgres': postgres,
  '/temporal': temporal,
  '/test-server': testServer,
};
const taken: Record<string, Promise<unknown>> = {};

const server = createServer((request, response) => {
  const name = request.url ?? '';
  const offer = offers[name];
  const answer = (status: number, body: unknown) =>
    response.writeHead(status).end(JSON.stringify(body));
  taken[name] ??= offer ? offer() : Promise.reject(new Error(`the keeper has no ${name}`));
  taken[name].then(
    (service) => answer(200, service),
    (error: unknown) => answer(500, { error: String(error) }),
  );
});

async function end(): Promise<never> {
  server.close();
  await Promise.allSettled(Object.values(taken));
  await Promise.all(started.map((identity) => endProcess(identity, [])));
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume();
process.stdin.once('end', () => void end());
process.stdin.once('error', () => void end());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    process.stdout.write(
      `${JSON.stringify({ keeper: `http://127.0.0.1:${address.port}`, folder })}\n`,
    );
});
