import type { Db } from '../../db/connect.ts';
import { NotFoundError } from '../../db/errors.ts';
import { evaluationRun } from '../../db/evaluations.ts';
import { findRun, loadScores, type Run, type ScoreRow } from '../../db/runs.ts';
import type { ScoredRow } from '../../domain/evaluate/aggregate.ts';

export const shortName = (run: string): string => run.replace(/^evaluate\//, '');

/** An evaluation that stands alone; runs of cycles, gates among them, are none. @throws NotFoundError */
export async function evaluationOf(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<Run> {
  const run = await findRun(db, { project, run: evaluationRun(name) });
  if (run !== null && run.cycle === null && run.kind === 'evaluate') return run;
  throw new NotFoundError('evaluation', name, 'see the list of evaluations');
}

/** Rows as the statistics see them: the cluster is the near-duplicate group of the conversation. */
export async function scoredRows(
  db: Db,
  { project, name }: Run,
  scorer: string,
): Promise<readonly (ScoreRow & ScoredRow)[]> {
  const rows = await loadScores(db, { project, run: name, scorer });
  return rows.map((row) => ({ ...row, conversation: row.group }));
}
