import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createDatabase, type Db } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { resetStack, type Stack, startStack } from '../../stack/index.ts';
import { bareEnvironment } from '../attune.ts';

/** What a measured run needs: real services and one worker process. */
export type Bench = { readonly db: Db; readonly client: Client; readonly signal: AbortSignal };

type Wanted = { readonly modelUrl: string; readonly concurrency: number };

/** A stack of its own with one worker at the model server given, gone afterwards. */
export async function withBench<T>(wanted: Wanted, body: (bench: Bench) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
  const dataDir = join(folder, 'data');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      dataDir,
      env: environment(wanted),
      cwd: folder,
      services: ['worker'],
      signal: stop.signal,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    return await connected(stack, stop.signal, body);
  } finally {
    await stack?.stop();
    await resetStack(dataDir);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function connected<T>(
  { info }: Stack,
  signal: AbortSignal,
  body: (bench: Bench) => Promise<T>,
): Promise<T> {
  const db = createDatabase(info.database.url, { max: 4 });
  const connection = await Connection.connect({ address: info.temporal.address });
  try {
    await migrate(db);
    const client = new Client({ connection, namespace: info.temporal.namespace });
    return await body({ db, client, signal });
  } finally {
    await connection.close();
    await db.destroy();
  }
}

const environment = ({ modelUrl, concurrency }: Wanted): NodeJS.ProcessEnv => ({
  ...bareEnvironment(),
  ATTUNE_MODEL: 'mock',
  OPENAI_BASE_URL: `${modelUrl.replace(/\/+$/, '')}/v1`,
  ATTUNE_CONCURRENCY: String(concurrency),
  ...(process.env['NODE_OPTIONS'] && { NODE_OPTIONS: process.env['NODE_OPTIONS'] }),
});

export async function askMock(
  modelUrl: string,
  path: string,
  body?: object,
): Promise<Record<string, number>> {
  const response = await fetch(new URL(path, modelUrl), {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    const start = 'node ../shared/tools/mock_openai.mjs --port PORT';
    throw new Error(`bench:evaluate: no mock answers at ${modelUrl}; start it with \`${start}\``, {
      cause,
    });
  });
  return (await response.json()) as Record<string, number>;
}
