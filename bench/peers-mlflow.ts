import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGES = ['mlflow==3.17.2', 'openai==2.54.0', 'litellm==1.106.2'];

/** The Python packages could not be had. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  constructor(cause: string) {
    super(
      `bench:peers: ${PACKAGES.join(', ')} cannot be installed, so there is nothing to compare with. Make the Python package index reachable (pip's own settings apply) and run it again. ${cause}`,
    );
  }
}

/** The interpreter of an environment outside of the clone that has MLflow; made at the first use. @throws UnreachableError */
export async function installMlflow(log: (text: string) => void): Promise<string> {
  const folder = join(tmpdir(), 'attune-mlflow-3.17.2');
  const python = join(folder, 'bin', 'python');
  try {
    if (!existsSync(python)) await run('python3', ['-m', 'venv', folder]);
    log(`installing ${PACKAGES.join(', ')}`);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { maxBuffer: 1e8 });
    return python;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new UnreachableError((stderr || message).trim().split('\n').at(-1) ?? '');
  }
}

export type PeerFigures = {
  readonly seconds: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly cpuMsPerCall: number;
  readonly peakMb: number;
  readonly peakConcurrency: number;
  /** By judge: what the saved table holds. */
  readonly missing: unknown;
  readonly metrics: unknown;
};

export type PeerRun = {
  readonly tools: string;
  readonly port: number;
  readonly rows: number;
  readonly judges: number;
  readonly latencyMs: number;
  readonly concurrency: number;
};

/** One evaluation by MLflow, tuned as well as it can be: no rate limits, one thread for each call, a pool that does not starve. */
export async function runMlflow(python: string, at: PeerRun): Promise<PeerFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-mlflow-run-'));
  try {
    for (const file of ['m_eval.py', 'common.py'])
      copyFileSync(join(at.tools, 'peers', file), join(folder, file));
    // The first use of a database migrates it, which is no part of an evaluation.
    await evaluate(python, folder, { ...at, rows: 1 });
    return figuresOf(await evaluate(python, folder, at));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function evaluate(
  python: string,
  folder: string,
  { port, rows, judges, latencyMs, concurrency }: PeerRun,
): Promise<Reported> {
  const given = { port, rows, judges, latency: latencyMs, workers: concurrency };
  const options = Object.entries({ ...given, 'scorer-workers': judges, rate: 0 });
  const args = options.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const env = {
    ...process.env,
    MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '200',
    MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '200',
  };
  const { stdout } = await run(python, ['m_eval.py', ...args], {
    cwd: folder,
    env,
    maxBuffer: 1e8,
  });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`m_eval.py printed no result: ${stdout.slice(-500)}`);
  const reported = JSON.parse(line.slice('RESULT '.length)) as Reported;
  if (reported.error !== null) throw new Error(`m_eval.py: ${reported.error}`);
  return reported;
}

type Reported = {
  readonly wall: number;
  readonly calls: number;
  readonly calls_per_s: number;
  readonly cpu_ms_per_call: number;
  readonly rss_peak: number;
  readonly stats: { readonly peak: number };
  readonly missing: unknown;
  readonly metrics: unknown;
  readonly error: string | null;
};

const figuresOf = (of: Reported): PeerFigures => ({
  seconds: of.wall,
  calls: of.calls,
  callsPerSecond: of.calls_per_s,
  cpuMsPerCall: of.cpu_ms_per_call,
  peakMb: Math.round(of.rss_peak),
  peakConcurrency: of.stats.peak,
  missing: of.missing,
  metrics: of.metrics,
});
