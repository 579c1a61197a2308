import type { Db } from '../../db/connect.ts';
import { loadScores, type Run } from '../../db/runs/runs.ts';
import { scoredRow } from '../../domain/evaluate/aggregate.ts';
import { outcomeOf, type RowOutcome } from '../../domain/evaluate/not-measured.ts';

/** Every row under every scorer of a run, with what kept it from a score. */
export async function rowOutcomes(db: Db, run: Run): Promise<readonly RowOutcome[]> {
  const at = { project: run.project, run: run.name };
  const found = await Promise.all(
    run.scorers.map(async ({ id, name }) =>
      (await loadScores(db, { ...at, scorer: id })).map((row) => outcomeOf(name, scoredRow(row))),
    ),
  );
  return found.flat();
}
