import type { Db } from './connect.ts';
import { loadScores, type ScoreRow } from './scores.ts';

/** One trial of one sealed example as the gate measures it. */
export type GateRow = {
  readonly exampleId: string;
  /** Near-duplicates count as one. */
  readonly cluster: string;
  readonly arm: 'incumbent' | 'finalist';
  readonly trial: number;
  readonly score: number | null;
  readonly failed: boolean;
  readonly latencyMs: number | null;
  readonly costUsd: number | null;
};

/** The scores of both arms in the run of a gate, without any content. */
export async function loadGateRows(
  db: Db,
  at: { readonly project: string; readonly run: string },
): Promise<readonly GateRow[]> {
  return (await loadScores(db, at)).map(rowOf);
}

const rowOf = (row: ScoreRow): GateRow => ({
  exampleId: row.example,
  cluster: row.group,
  arm: row.arm === 'finalist' ? 'finalist' : 'incumbent',
  trial: row.trial,
  score: row.status === 'ok' ? (row.assessment?.score ?? null) : null,
  failed: row.status === 'failed',
  latencyMs: row.latencyMs,
  costUsd: row.price,
});
