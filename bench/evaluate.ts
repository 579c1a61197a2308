// Measures evaluation end to end: a real Temporal server, PostgreSQL and worker process judge recorded outputs against the model server at
// --model-url (shared/tools/mock_openai.mjs). Prints progress on stderr and one line of JSON on stdout.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { QUEUE } from '../contracts/temporal.ts';
import { createDatabase, type Db } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { resetStack, type Stack, startStack } from '../stack/index.ts';
import { planBench, PROJECT, RUN } from './evaluate-data.ts';
import { readOptions } from './evaluate-options.ts';
import { cpuByKind, descendants, residentMb } from './processes.ts';

const KINDS = { postgres: /postgres/, temporal: /start-dev/, worker: /worker\/main/ } as const;
const SAMPLE_MS = 500;

const options = readOptions(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const dataDir = join(folder, 'data');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
let stack: Stack | undefined;
try {
  const { p429, p500, poison } = options;
  await mock('/reset', { p429, p500, poison, 'latency-ms': options['latency-ms'] });
  stack = await startStack({
    dataDir,
    env: environment(),
    cwd: folder,
    services: ['worker'],
    signal: stop.signal,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const db = createDatabase(stack.info.database.url, { max: 4 });
  try {
    await migrate(db);
    await planBench(db, options);
    process.stdout.write(`${JSON.stringify(await measure(stack, db))}\n`);
  } finally {
    await db.destroy();
  }
} finally {
  await stack?.stop();
  await resetStack(dataDir);
  rmSync(folder, { recursive: true, force: true });
}

async function measure(running: Stack, db: Db) {
  const { address, namespace } = running.info.temporal;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const worker = descendants(process.pid).find(({ command }) => KINDS.worker.test(command))!.pid;
  const memory: number[] = [residentMb(worker)];
  const timer = setInterval(() => memory.push(residentMb(worker)), SAMPLE_MS);
  const before = cpuByKind(descendants(process.pid), KINDS);
  const begun = performance.now();
  try {
    const range = { project: PROJECT, run: RUN, from: 0, to: options.rows, agent: false };
    const input = { taskQueue: QUEUE.main, workflowId: `evaluate/${PROJECT}/bench` };
    const handle = await client.workflow.start('evaluateWorkflow', { ...input, args: [range] });
    const done = client.connection.withAbortSignal(stop.signal, () => handle.result());
    const tally = (await done) as { done: number; failed: number };
    const seconds = (performance.now() - begun) / 1000;
    const after = cpuByKind(descendants(process.pid), KINDS);
    return await report({ db, tally, seconds, before, after, memory });
  } finally {
    clearInterval(timer);
    await connection.close();
  }
}

type Measured = {
  readonly db: Db;
  readonly tally: { readonly done: number; readonly failed: number };
  readonly seconds: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly memory: readonly number[];
};

async function report({ db, tally, seconds, before, after, memory }: Measured) {
  const calls = options.rows * options.judges;
  const latency = options['latency-ms'];
  const limit = latency === 0 ? null : options.concurrency / (latency / 1000);
  const cpuMs = Object.fromEntries(
    Object.entries(after).map(([kind, cpu]) => [
      kind,
      round(((cpu - (before[kind] ?? 0)) * 1000) / calls, 3),
    ]),
  );
  const stats = await mock('/stats');
  const rate = calls / seconds;
  return {
    bench: 'evaluate',
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    cores: availableParallelism(),
    load: round(loadavg()[0] ?? 0, 1),
    ...options,
    calls,
    seconds: round(seconds, 2),
    callsPerSecond: round(rate, 1),
    limit,
    shareOfLimit: limit === null ? null : round(rate / limit, 3),
    cpuMsPerCall: round(
      Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0),
      3,
    ),
    cpuMs,
    workerMb: {
      idle: Math.round(memory[0] ?? 0),
      peak: Math.round(Math.max(...memory)),
      quarters: quarters(memory),
    },
    tally,
    stored: await stored(db),
    server: pick(stats, ['requests', 'ok', 'keys', 'keyRepeats', 'sent429', 'sent500', 'peak']),
  };
}

/** What the database holds, and the metric computed from it. */
async function stored(db: Db) {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*)::integer from model_reply) as replies,
      (select count(*)::integer from model_claim) as claims,
      count(*)::integer as assessments, count(score)::integer as scored,
      count(error)::integer as failed from assessment`.execute(db);
  return rows[0];
}

/** Memory at the end of each quarter of the run, in MB: flat memory shows equal figures. */
function quarters(memory: readonly number[]): readonly number[] {
  return [1, 2, 3, 4].map((n) => Math.round(memory[Math.floor((memory.length * n) / 4) - 1] ?? 0));
}

async function mock(path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, options['model-url']), {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Nothing of the shell's models or services gets in. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, XDG_CACHE_HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    LANG,
    XDG_CACHE_HOME,
    TMPDIR,
    ATTUNE_MODEL: 'mock',
    OPENAI_BASE_URL: `${options['model-url'].replace(/\/+$/, '')}/v1`,
    ATTUNE_CONCURRENCY: String(options.concurrency),
    ...(process.env['NODE_OPTIONS'] && { NODE_OPTIONS: process.env['NODE_OPTIONS'] }),
  };
}
