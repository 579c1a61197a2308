import { EvaluationFileError } from './evaluation-file.ts';
import type { Evaluation, EvaluationRow } from './evaluation-file.ts';
import type { GateArm, GateRecord } from './gate-record.ts';
import { isScore } from './metric.ts';

type Place = { readonly file: string; readonly row: EvaluationRow };

export type ArmsToRecord = {
  readonly arms: Readonly<Record<GateArm, Evaluation>>;
  readonly metric: string;
  /** Other metrics that guardrails ask for; what nobody asks for may have any scale. */
  readonly others: readonly string[];
};

/**
 * The records of two evaluations. A cluster given in one line only counts for all lines of its example.
 * Throws EvaluationFileError at the first line that contradicts another or has a score off its scale.
 */
export function recordsOfArms({ arms, metric, others }: ArmsToRecord): GateRecord[] {
  const clusters = clustersOf([arms.incumbent, arms.finalist]);
  return (['incumbent', 'finalist'] as const).flatMap((arm) => {
    const { file, rows } = arms[arm];
    const seen = new Map<string, number>();
    return rows.map((row) => {
      const cell = JSON.stringify([row.example_id, row.trial]);
      const before = seen.get(cell);
      if (before !== undefined)
        throw fault({ file, row }, `trial ${row.trial} stands on line ${before} already`);
      seen.set(cell, row.line);
      for (const name of [metric, ...others]) checkScale({ file, row }, name);
      const cluster = clusters.get(row.example_id)?.row.cluster;
      return {
        exampleId: row.example_id,
        cluster: cluster ?? `example ${row.example_id}`,
        arm,
        trial: row.trial,
        score: row.scores[metric] ?? null,
        failed: row.failed,
        latencyMs: row.scores['latency_ms'] ?? null,
        costUsd: row.scores['cost_usd'] ?? null,
        scores: Object.fromEntries(
          others.filter(isScore).map((name) => [name, row.scores[name] ?? null]),
        ),
      };
    });
  });
}

function clustersOf(evaluations: readonly Evaluation[]): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  for (const { file, rows } of evaluations)
    for (const row of rows) {
      const before = found.get(row.example_id);
      if (row.cluster === undefined || before?.row.cluster === row.cluster) continue;
      if (before !== undefined)
        throw fault(
          { file, row },
          `cluster \`${row.cluster}\`, but \`${before.row.cluster}\` in ${before.file}, line ${before.row.line}; an example has one cluster`,
        );
      found.set(row.example_id, { file, row });
    }
  return found;
}

function checkScale(place: Place, name: string): void {
  const value = place.row.scores[name] ?? 0;
  if (value < 0) throw fault(place, `${name} is ${value}; it cannot be below 0`);
  if (isScore(name) && value > 1)
    throw fault(
      place,
      `${name} is ${value}; scale scores to 0 to 1 (latency_ms and cost_usd are not)`,
    );
}

const fault = ({ file, row }: Place, why: string) =>
  new EvaluationFileError({ file, line: row.line, why: `example ${row.example_id}: ${why}` });
