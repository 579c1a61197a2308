import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MLFLOW, MLFLOW_POOL, pythonWith, reportsOf } from './peer.ts';

/** The Python packages could not be had. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  constructor(cause: string) {
    super(
      `bench:peers: ${MLFLOW.join(', ')} cannot be installed, so there is nothing to compare with. Make the Python package index reachable (pip's own settings apply) and run it again. ${cause}`,
    );
  }
}

/** The interpreter of an environment outside of the clone that has MLflow; made at the first use. @throws UnreachableError */
export async function installMlflow(log: (text: string) => void): Promise<string> {
  log(`installing ${MLFLOW.join(', ')}`);
  try {
    return await pythonWith(join(tmpdir(), 'attune-mlflow-3.17.2'), MLFLOW);
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
    // The first use of a database migrates it, which is no part of an evaluation.
    await evaluate(python, folder, { ...at, rows: 1 });
    return figuresOf(await evaluate(python, folder, at));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function evaluate(
  python: string,
  place: string,
  { tools, port, rows, judges, latencyMs, concurrency }: PeerRun,
): Promise<Reported> {
  const [first] = await reportsOf({
    python,
    tools,
    script: 'm_eval.py',
    place,
    options: {
      port,
      rows,
      judges,
      latency: latencyMs,
      workers: concurrency,
      'scorer-workers': judges,
      rate: 0,
    },
    env: MLFLOW_POOL,
  });
  const reported = first as Reported;
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
