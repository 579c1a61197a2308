import type { Db } from '../../db/connect.ts';
import * as runs from '../../db/runs/runs.ts';
import type { Remark } from '../../domain/optimize/records.ts';

type Rollouts = runs.RunRef & {
  readonly arms: readonly string[];
  readonly examples: readonly string[];
};

/** What the scorers of a run beside its first said of some rollouts, by ordinal. */
export async function remarksOn(
  db: Db,
  { arms, examples, ...at }: Rollouts,
): Promise<ReadonlyMap<number, readonly Remark[]>> {
  const { scorers } = await runs.getRun(db, at);
  const said = await Promise.all(
    scorers.slice(1).map(async ({ id, name }) => {
      const rows = await runs.loadResults(db, { ...at, scorer: id, arms, examples });
      return rows.map(({ ordinal, assessment, rationale }) => {
        const score = assessment?.score ?? null;
        return { ordinal, remark: { name, score, rationale } };
      });
    }),
  );
  const found = new Map<number, Remark[]>();
  for (const { ordinal, remark } of said.flat())
    if (remark.score !== null || remark.rationale !== null)
      found.set(ordinal, [...(found.get(ordinal) ?? []), remark]);
  return found;
}
