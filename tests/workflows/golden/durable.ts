import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { cycleSpec } from '../../../contracts/spec.ts';
import { QUEUE } from '../../../contracts/temporal.ts';
import type { Db } from '../../../db/connect.ts';
import { createCycle } from '../../../db/cycles/cycles.ts';
import * as engine from '../../../db/engines/engine.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import { createRun } from '../../../db/runs/runs.ts';
import type { OptimizeTurn } from '../../../domain/optimize/optimize.ts';
import { exampleIds } from '../../../scripts/golden/fakes.ts';
import { createStage, type Replayed, tell } from '../../../scripts/golden/replay.ts';
import { openDatabase } from '../../db/database.ts';
import { DEFINITION, example, importRows } from '../../db/fixture.ts';
import { testTemporal } from '../../services.ts';
import { loadGolden, notes, PROJECT, runOf } from './stage.ts';

export type Durable = {
  readonly replayed: Readonly<Record<string, Replayed>>;
  /** Boundaries at which a worker was killed. */
  readonly killed: readonly string[];
  /** What the fake agent and the fake reflection model were asked: one line a call. */
  readonly paid: readonly string[];
};

type Plan = {
  readonly traces: readonly string[];
  readonly kills: readonly string[];
  readonly withinMs: number;
};

/** Runs golden traces through the workflow with workers that are killed on their way, on a real database and a real Temporal server. */
export async function runDurably({ traces, kills, withinMs }: Plan): Promise<Durable> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-golden-'));
  const { db, url } = await openDatabase();
  for (const trace of traces) await prepare(db, trace);
  const place = await openNamespace();
  const settings = { ...place, database: url, folder, kills, bundle: await bundle(folder) };
  const crew = keepWorking(settings);
  const connection = await Connection.connect({ address: place.address });
  try {
    const client = new Client({ connection, namespace: place.namespace });
    const ended = traces.map(async (trace) => {
      const ref = { project: PROJECT, cycle: trace, number: 1 };
      await client.workflow.execute('optimizeWorkflow', {
        workflowId: `golden/${trace}`,
        taskQueue: QUEUE.main,
        args: [{ ref, turn: 0 }],
        workflowExecutionTimeout: withinMs,
        // A worker that is killed in a step takes its workflow task along: the test kills many.
        workflowTaskTimeout: '1s',
      });
      return [trace, await readRun(db, trace)] as const;
    });
    const replayed = Object.fromEntries(await Promise.all(ended));
    const { killed, paid } = notes(folder);
    return { replayed, killed: killed(), paid: paid() };
  } finally {
    await connection.close();
    await crew.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a trace needs in the database before its first step: dataset, judge, cycle and run. */
export async function prepare(db: Db, trace: string): Promise<void> {
  const { config, seed_candidate } = loadGolden(trace);
  const rows = (['train', 'validation'] as const).flatMap((part) => {
    const ids = part === 'train' ? exampleIds('t', config.train) : exampleIds('v', config.val);
    return ids.map((id) => example(id, { tags: { part } }));
  });
  const { version } = await importRows(db, rows, { project: PROJECT });
  const judge = await createJudgeVersion(db, {
    project: PROJECT,
    definition: DEFINITION,
    memory: null,
  });
  const prompts = Object.fromEntries(Object.keys(seed_candidate).map((name) => [name, null]));
  const spec = cycleSpec.parse({
    cycle: trace,
    dataset: 'messages',
    agent: 'golden',
    prompts,
    judge: 'routing',
  });
  const cycle = await createCycle(db, {
    project: PROJECT,
    cycle: trace,
    spec,
    datasetVersion: version.id,
    baseJudge: judge.version.id,
    incumbent: {},
  });
  await createRun(db, {
    ref: cycle,
    name: runOf(trace),
    kind: 'optimize',
    scorers: [judge.version.id],
    agent: 'golden',
    agentFingerprint: 'golden',
    models: {},
  });
}

/** The stored turns in the golden format's words; prompts and replies, which no turn holds, are told by the fakes again. */
export async function readRun(db: Db, trace: string): Promise<Replayed> {
  const golden = loadGolden(trace);
  const stage = createStage(golden);
  const steps = await stepsOf(db, runOf(trace));
  const turns = steps.map(
    ({ done, ...step }) => ({ kind: done ? 'done' : 'ask', ...step }) as unknown as OptimizeTurn,
  );
  for (const turn of turns) if (turn.kind === 'ask') turn.asks.forEach(stage.answer);
  return tell(golden, { turns, backstage: stage.backstage() });
}

async function stepsOf(db: Db, run: string): Promise<readonly engine.EngineStep[]> {
  const last = await engine.lastStep(db, { project: PROJECT, run });
  const turns = Array.from({ length: (last?.turn ?? -1) + 1 }, (_, turn) => turn);
  return Promise.all(
    turns.map(async (turn) => (await engine.getStep(db, { project: PROJECT, run, turn }))!),
  );
}

async function openNamespace(): Promise<{ readonly address: string; readonly namespace: string }> {
  const { address, cli } = await testTemporal();
  const namespace = `golden-${randomBytes(6).toString('hex')}`;
  const args = ['operator', 'namespace', 'create', '-n', namespace, '--address', address];
  const made = spawnSync(cli, args, { encoding: 'utf8', timeout: 20_000 });
  if (made.status !== 0) throw new Error(`namespace ${namespace}: ${made.stdout}${made.stderr}`);
  return { address, namespace };
}

async function bundle(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path('../../../workflows/index.ts'),
    workflowInterceptorModules: [path('interceptors.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  const file = join(folder, 'workflows.js');
  writeFileSync(file, code);
  return file;
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Keeps one worker at work and one ready behind it, which takes over when the first is killed. */
function keepWorking(settings: object): { readonly end: () => Promise<void> } {
  let ending = false;
  let faults = 0;
  const all: ChildProcess[] = [];
  const getReady = () => {
    const child = spawn(process.execPath, [path('worker.ts')], {
      env: { ...process.env, GOLDEN_WORKER: JSON.stringify(settings) },
      stdio: ['pipe', 'ignore', 'inherit'] as const,
    });
    child.stdin.on('error', () => undefined);
    all.push(child);
    return child;
  };
  const work = (child: ReturnType<typeof getReady>): void => {
    child.stdin.write('work\n');
    let next: ReturnType<typeof getReady> | null = getReady();
    child.once('exit', (_code, signal) => {
      if (ending || next === null) return;
      if (signal !== 'SIGKILL') faults += 1;
      if (faults < 3) work(next);
      next = null;
    });
  };
  work(getReady());
  return {
    async end() {
      ending = true;
      const living = all.filter((child) => child.exitCode === null && child.signalCode === null);
      const ended = living.map((child) => once(child, 'exit'));
      living.forEach((child) => child.kill('SIGKILL'));
      await Promise.all(ended);
    },
  };
}
