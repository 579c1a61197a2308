import { join } from 'node:path';
import { z } from 'zod';
import { MLFLOW, MLFLOW_POOL, pythonWith, reportsOf } from '../peer.ts';

/** MLflow from PyPI, as `shared/peers.md` measured it; `python` names one that is there already. */
export const installMlflow = async (folder: string, python: string | undefined): Promise<string> =>
  python ?? pythonWith(join(folder, 'venv'), [...MLFLOW, 'dspy==3.4.1']);

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
  const reports = await reportsOf({
    python,
    tools,
    script: 'm_align.py',
    place: join(folder, `mlflow-${labels}`),
    options: { port, latency: latencyMs, n: labels, 'judge-n': verdicts, db: 'align.db', phase },
    env: MLFLOW_POOL,
  });
  return reports.map((row) => line.parse(row));
}
