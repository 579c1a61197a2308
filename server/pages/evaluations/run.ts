import type { RunFacts } from '../../../contracts/run-facts.ts';
import type { Db } from '../../../db/connect.ts';
import { NotFoundError } from '../../../db/errors.ts';
import { evaluationRun } from '../../../db/runs/evaluations.ts';
import { findRun, loadScores, type Run } from '../../../db/runs/runs.ts';
import { scoredRow } from '../../../domain/evaluate/aggregate.ts';
import { factTexts } from '../../../domain/evaluate/fact-texts.ts';
import { type Cell, moment } from '../ui/parts.ts';

/** An evaluation that stands alone; runs of cycles, gates among them, are none. @throws NotFoundError */
export async function evaluationOf(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<Run> {
  const run = await findRun(db, { project, run: evaluationRun(name) });
  if (run !== null && run.cycle === null && run.kind === 'evaluate') return run;
  throw new NotFoundError('evaluation', name, 'see the list of evaluations');
}

/** What a scorer said of the rows of a run, as the statistics see them. */
export const scoredRows = async (db: Db, { project, name }: Run, scorer: string) =>
  (await loadScores(db, { project, run: name, scorer })).map(scoredRow);

/** What a run was made of, by name, as a page shows it. */
export const factCells = (facts: RunFacts): Readonly<Record<string, Cell>> => ({
  ...factTexts(facts),
  started: moment(facts.createdAt),
});
