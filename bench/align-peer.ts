import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

/** As `shared/peers.md` measured them. */
const PACKAGES = ['mlflow==3.17.2', 'dspy==3.4.1', 'openai==2.54.0', 'litellm==1.106.2'];

/** MLflow from PyPI in an environment of its own; `python` names one that is there already. */
export async function installMlflow(folder: string, python: string | undefined): Promise<string> {
  if (python !== undefined) return python;
  const venv = join(folder, 'venv');
  await run('python3', ['-m', 'venv', venv]);
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', ...PACKAGES], { maxBuffer: 1e8 });
  return join(venv, 'bin', 'python');
}

const line = z.looseObject({
  what: z.string(),
  wall: z.number().optional(),
  calls: z.number().optional(),
  tokensIn: z.number().optional(),
  byKind: z
    .record(z.string(), z.looseObject({ requests: z.number(), inputs: z.number() }))
    .optional(),
  base: z.number().optional(),
  aligned: z.number().optional(),
  guidelines: z.number().optional(),
});

type Peer = {
  readonly tools: string;
  readonly folder: string;
  readonly python: string;
  readonly port: number;
  readonly latencyMs: number;
  readonly labels: number;
  readonly verdicts: number;
};

/** MLflow's MemAlign by the peer harness: alignment, verdicts one by one before and after, and the first verdict of a new process. */
export async function measureMlflow(peer: Peer) {
  const aligned = await harness(peer, 'align');
  const loaded = await harness(peer, 'load');
  const of = (what: string) => [...aligned, ...loaded].find((row) => row.what === what);
  const median = of('judge_latency_median_ms');
  return {
    align: figures(of('align')),
    guidelines: median?.guidelines ?? null,
    verdictMs: { base: median?.base ?? null, aligned: median?.aligned ?? null },
    callsAVerdict: (of('judge_aligned_seq')?.calls ?? 0) / peer.verdicts,
    tokensAVerdict: {
      base: Math.round((of('judge_base_seq')?.tokensIn ?? 0) / peer.verdicts),
      aligned: Math.round((of('judge_aligned_seq')?.tokensIn ?? 0) / peer.verdicts),
    },
    firstVerdictOfAProcess: figures(of('load_first_call')),
  };
}

const figures = (row: z.infer<typeof line> | undefined) => ({
  calls: row?.calls ?? null,
  tokensIn: row?.tokensIn ?? null,
  seconds: row?.wall ?? null,
  embedded: Object.entries(row?.byKind ?? {})
    .filter(([kind]) => kind.startsWith('emb:'))
    .reduce((sum, [, { inputs }]) => sum + inputs, 0),
});

async function harness(peer: Peer, phase: string): Promise<readonly z.infer<typeof line>[]> {
  const { tools, folder, python, port, latencyMs, labels, verdicts } = peer;
  const place = join(folder, `mlflow-${labels}`);
  mkdirSync(place, { recursive: true });
  for (const file of ['m_align.py', 'common.py'])
    copyFileSync(join(tools, 'peers', file), join(place, file));
  const numbers = { port, latency: latencyMs, n: labels, 'judge-n': verdicts };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await run(
    python,
    ['m_align.py', ...args, '--db', 'align.db', '--phase', phase],
    { cwd: place, maxBuffer: 1e8, env: { ...process.env, ...POOL } },
  );
  return stdout
    .split('\n')
    .filter((text) => text.startsWith('RESULT '))
    .map((text) => line.parse(JSON.parse(text.slice('RESULT '.length))));
}

/** Its default connection pool starves itself on SQLite (shared/peers.md, finding 1). */
const POOL = {
  MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '200',
  MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '200',
};
