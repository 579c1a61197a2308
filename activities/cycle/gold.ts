import type { CycleReport, Estimate } from '../../contracts/report.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import { goldOutcomes, type GoldOutcome } from '../../db/data/gold.ts';
import { aggregate, estimateOf } from '../../domain/evaluate/aggregate.ts';
import { intervalOf, valueMean } from '../../domain/statistics/mean.ts';
import { type CycleRef, gateRun } from '../deps.ts';

/** Accuracy of both arms against gold on the sealed part: one aggregate an arm, and only once there is a verdict. */
export async function goldReport(db: Db, ref: CycleRef): Promise<CycleReport['gold']> {
  const { spec, verdict, gateReport, pools } = await cycles.getCycle(db, ref);
  // Of a pooled gate only the fresh rows are in the run of its own: half a figure would mislead.
  if (spec.gold === undefined || verdict === null || gateReport === null || pools !== null)
    return null;
  const { output } = spec.gold;
  const rows = await goldOutcomes(db, { project: ref.project, run: gateRun(ref), output });
  if (rows.length === 0) return null;
  return {
    incumbent: accuracyOf(rows, 'incumbent'),
    finalist: accuracyOf(rows, 'finalist'),
    difference: differenceOf(rows),
  };
}

function accuracyOf(rows: readonly GoldOutcome[], arm: string): Estimate {
  const own = rows.filter((row) => row.arm === arm);
  return estimateOf(
    aggregate(
      own.map((row) => ({
        example: String(row.example),
        conversation: String(row.cluster),
        trial: row.trial,
        status: row.correct === null ? 'missing' : 'ok',
        assessment: row.correct === null ? null : { score: Number(row.correct), error: null },
        latencyMs: null,
      })),
    ),
  );
}

function differenceOf(
  rows: readonly GoldOutcome[],
): NonNullable<CycleReport['gold']>['difference'] {
  const cells = Map.groupBy(rows, (row) => `${row.example}/${row.trial}`);
  const pairs = [...cells.values()].flatMap((pair) => {
    const incumbent = pair.find((row) => row.arm === 'incumbent');
    const finalist = pair.find((row) => row.arm === 'finalist');
    if (incumbent?.correct == null || finalist?.correct == null) return [];
    const value = Number(finalist.correct) - Number(incumbent.correct);
    return [{ cluster: String(finalist.cluster), value }];
  });
  const found = valueMean(pairs);
  if (found === null) return null;
  return { mean: found.mean, interval: intervalOf(found) };
}
