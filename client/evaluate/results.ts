import type { Db } from '../../db/connect.ts';
import { type Usage, usageOf } from '../../db/evaluations.ts';
import { loadScores, type Run, type ScoreRow } from '../../db/runs.ts';
import { type Aggregate, aggregate } from '../../domain/evaluate/aggregate.ts';
import { type EvaluateGate, evaluateGates, type GateResult } from '../../domain/evaluate/gates.ts';
import { type Slice, slices } from '../../domain/evaluate/slices.ts';

/** What an evaluation came to, computed from what is stored and from nothing else. */
export type EvaluationResults = {
  readonly run: string;
  readonly createdAt: string;
  readonly dataset: string;
  readonly agent: string;
  readonly agentFingerprint: string;
  readonly gitCommit: string | null;
  /** Hash of the prompts under evaluation. */
  readonly prompts: string | null;
  readonly models: readonly string[];
  /** Times that what had failed was asked for again. */
  readonly retries: number;
  readonly scorers: Readonly<Record<string, Aggregate & { readonly judge: string }>>;
  readonly gates: readonly GateResult[];
  readonly usage: readonly Usage[];
  /** By scorer. */
  readonly slices: Readonly<Record<string, readonly Slice[]>>;
};

/** A stored row as the statistics see it: its cluster is the near-duplicate group of its conversation. */
export const scored = (row: ScoreRow) => ({ ...row, conversation: row.group });

export async function resultsOf(
  db: Db,
  run: Run,
  gates: readonly EvaluateGate[],
): Promise<EvaluationResults> {
  const at = { project: run.project, run: run.name };
  const found = await Promise.all(
    run.scorers.map(async ({ id, name }) => {
      const rows = (await loadScores(db, { ...at, scorer: id })).map(scored);
      return { id, name, sum: aggregate(rows), parts: slices(rows) };
    }),
  );
  const scorers = Object.fromEntries(
    found.map(({ id, name, sum }) => [name, { ...sum, judge: id }]),
  );
  const usage = await usageOf(db, at);
  return {
    run: run.name,
    createdAt: run.createdAt,
    dataset: run.datasetVersion,
    agent: run.agent,
    agentFingerprint: run.agentFingerprint,
    gitCommit: run.gitCommit,
    prompts: Object.values(run.armHashes)[0] ?? null,
    models: [...new Set(usage.map(({ purpose, model }) => `${purpose}: ${model}`))],
    retries: run.attempt,
    scorers,
    gates: evaluateGates(gates, scorers),
    usage,
    slices: Object.fromEntries(found.map(({ name, parts }) => [name, parts])),
  };
}
