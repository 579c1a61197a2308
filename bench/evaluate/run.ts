import { sql } from 'kysely';
import { QUEUE } from '../../contracts/temporal.ts';
import { PROJECT, planRun, runName, type Size } from './data.ts';
import { askMock, type Bench } from './stack.ts';
import { cpuByKind, descendants, residentMb } from '../processes.ts';

const KINDS = { postgres: /postgres/, temporal: /start-dev/, worker: /worker\/main/ } as const;
const SAMPLE_MS = 500;

/** How the mock fails calls. */
export type Trouble = { readonly p429: number; readonly p500: number; readonly poison: number };

export type RunOptions = Size & {
  readonly name: string;
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly modelUrl: string;
  readonly trouble: Trouble;
};

/** One evaluation from its start to its end, with the CPU of all processes and what is stored after it. */
export async function measureRun(bench: Bench, options: RunOptions) {
  const { name, rows, judges, latencyMs, concurrency, modelUrl, trouble } = options;
  await askMock(modelUrl, '/reset', { ...trouble, 'latency-ms': latencyMs });
  await planRun(bench.db, name, options);
  const worker = descendants(process.pid).find(({ command }) => KINDS.worker.test(command))!.pid;
  const memory: number[] = [residentMb(worker)];
  const timer = setInterval(() => memory.push(residentMb(worker)), SAMPLE_MS);
  const before = cpuByKind(descendants(process.pid), KINDS);
  const begun = performance.now();
  const tally = await evaluated(bench, options).finally(() => clearInterval(timer));
  const seconds = (performance.now() - begun) / 1000;
  const after = cpuByKind(descendants(process.pid), KINDS);
  const calls = rows * judges;
  const limit = latencyMs === 0 ? null : concurrency / (latencyMs / 1000);
  const cpuMs = Object.fromEntries(
    Object.entries(after).map(([kind, cpu]) => [
      kind,
      ((cpu - (before[kind] ?? 0)) * 1000) / calls,
    ]),
  );
  const stats = await askMock(modelUrl, '/stats');
  return {
    ...trouble,
    calls,
    seconds,
    callsPerSecond: calls / seconds,
    limit,
    shareOfLimit: limit === null ? null : calls / seconds / limit,
    cpuMsPerCall: sum(Object.values(cpuMs)),
    cpuMs,
    workerMb: {
      idle: memory[0] ?? 0,
      peak: memory.reduce((most, mb) => Math.max(most, mb), 0),
      quarters: quarters(memory),
    },
    tally,
    stored: await stored(bench, name),
    server: pick(stats, ['requests', 'ok', 'keys', 'keyRepeats', 'sent429', 'sent500', 'peak']),
  };
}

export type Measured = Awaited<ReturnType<typeof measureRun>>;

async function evaluated({ client, signal }: Bench, { name, rows }: RunOptions) {
  const run = runName(name);
  const range = { project: PROJECT, run, from: 0, to: rows, agent: false };
  const handle = await client.workflow.start('evaluateWorkflow', {
    taskQueue: QUEUE.main,
    workflowId: `evaluate/${PROJECT}/${name}`,
    args: [range],
  });
  const done = client.connection.withAbortSignal(signal, () => handle.result());
  return (await done) as { readonly done: number; readonly failed: number };
}

/** What the database holds of a run. A score of zero is right only where the stored reply says `false`. */
async function stored({ db }: Bench, name: string) {
  const run = runName(name);
  const { rows } = await sql<
    Record<
      'replies' | 'saysFalse' | 'assessments' | 'scored' | 'failed' | 'zeros' | 'claims',
      number
    > & { mean: number }
  >`
    select (select count(*)::integer from model_reply where cycle = ${`run/${run}`}) as replies,
      (select count(*)::integer from model_reply where cycle = ${`run/${run}`}
        and (reply ->> 'text')::json ->> 'value' = 'false') as "saysFalse",
      (select count(*)::integer from model_claim) as claims,
      count(*)::integer as assessments, count(score)::integer as scored,
      count(error)::integer as failed, (count(*) filter (where score = 0))::integer as zeros,
      round(avg(score)::numeric, 4)::double precision as mean
    from assessment where project = ${PROJECT} and run = ${run}`.execute(db);
  return rows[0]!;
}

/** Memory at the end of each quarter of the run, in MB: flat memory shows equal figures. */
function quarters(memory: readonly number[]): readonly number[] {
  return [1, 2, 3, 4].map((n) => Math.round(memory[Math.floor((memory.length * n) / 4) - 1] ?? 0));
}

const pick = (from: Readonly<Record<string, number>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? 0]));

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
