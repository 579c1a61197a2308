import { nameOfVersion } from '../../contracts/scorer.ts';
import type { Db } from '../connect.ts';
import { findRunHeader } from '../runs/rollouts.ts';
import { loadObjectives, loadScores, loadSilences, type ScoreRow } from '../runs/scores.ts';

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
  /** Of the scorers beside the primary one, by name; null where not measured. */
  readonly scores?: Readonly<Record<string, number | null>>;
  /** Names of the scorers that had nothing to say of the output; absent where none. */
  readonly notApplicable?: readonly string[];
};

/** The scores of both arms in the run of a gate, without any content. */
export async function loadGateRows(
  db: Db,
  at: { readonly project: string; readonly run: string },
): Promise<readonly GateRow[]> {
  const [rows, others, silences] = await Promise.all([
    loadScores(db, at),
    otherScorers(db, at),
    loadSilences(db, at),
  ]);
  const found = others.length === 0 ? {} : await loadObjectives(db, { ...at, objectives: others });
  return rows.map((row) => {
    const silent = row.status === 'ok' ? silences[row.ordinal] : undefined;
    return {
      ...rowOf(row),
      ...(others.length > 0 && { scores: scoresOf(row, others, found[row.ordinal] ?? {}) }),
      ...(silent !== undefined && { notApplicable: silent }),
    };
  });
}

const scoresOf = (
  { status }: ScoreRow,
  names: readonly string[],
  found: Readonly<Record<string, number>>,
): NonNullable<GateRow['scores']> =>
  Object.fromEntries(names.map((name) => [name, status === 'ok' ? (found[name] ?? null) : null]));

/** Names of the scorers of a run beside its primary one. */
async function otherScorers(
  db: Db,
  at: { readonly project: string; readonly run: string },
): Promise<readonly string[]> {
  const run = await findRunHeader(db, at);
  if (run === null) return [];
  const rows = await db
    .selectFrom('run_scorer')
    .select('scorer')
    .where('project', '=', at.project)
    .where('run', '=', at.run)
    .where('scorer', '<>', run.primary)
    .orderBy('position')
    .execute();
  return rows.map(({ scorer }) => nameOfVersion(scorer));
}

/** The same with what names the output: how labels of people find the scores they are compared with. */
export async function loadGateOutputs(
  db: Db,
  at: { readonly project: string; readonly run: string },
) {
  return (await loadScores(db, at)).map((row) => ({
    example: row.example,
    cluster: row.group,
    arm: armOf(row),
    trial: row.trial,
    status: row.status,
    outputHash: row.outputHash,
    traceId: row.traceId,
    score: row.assessment?.score ?? null,
  }));
}

const armOf = ({ arm }: ScoreRow): GateRow['arm'] =>
  arm === 'finalist' ? 'finalist' : 'incumbent';

const rowOf = (row: ScoreRow): GateRow => ({
  exampleId: row.example,
  cluster: row.group,
  arm: armOf(row),
  trial: row.trial,
  score: row.status === 'ok' ? (row.assessment?.score ?? null) : null,
  failed: row.status === 'failed',
  latencyMs: row.latencyMs,
  costUsd: row.price,
});
