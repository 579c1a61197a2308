import type { JsonObject } from '../../contracts/json.ts';
import type { Span } from '../../contracts/trace.ts';
import type { Db } from '../../db/connect.ts';
import * as runs from '../../db/runs/runs.ts';
import { getTraces } from '../../db/traces/traces.ts';
import { measured, scoredRow } from '../../domain/evaluate/aggregate.ts';
import type { ReflectAsk } from '../../domain/optimize/ask.ts';
import type { Remark } from '../../domain/optimize/records.ts';
import { reflectiveRecord, type ReflectiveRecord } from '../../domain/optimize/reflect.ts';
import { remarksOn } from '../cycle/remarks.ts';

/** What the rollout of a row was about, where its inputs alone do not say. */
export type SubjectOf = (row: runs.ResultRow) => JsonObject;

/** What one reflection looks at. */
export type Looked = {
  readonly records: readonly ReflectiveRecord[];
  /** The examples as text: a proposal must not copy them. */
  readonly examples: readonly string[];
};

type Wanted = runs.RunRef & {
  readonly asks: readonly ReflectAsk[];
  readonly subjectOf: SubjectOf;
};

/** The records of all reflections of a turn by ask, read together: one by one they would be hundreds of queries. */
export async function recordsOf(
  db: Db,
  { project, run, asks, subjectOf }: Wanted,
): Promise<ReadonlyMap<string, Looked>> {
  const arms = [...new Set(asks.map(({ candidate }) => candidate))];
  const examples = [...new Set(asks.flatMap(({ exampleIds }) => exampleIds))];
  const rollouts = { project, run, arms, examples };
  const [rows, remarks] = await Promise.all([
    runs.loadResults(db, rollouts),
    remarksOn(db, rollouts),
  ]);
  const byCell = new Map(rows.map((row) => [cellOf(row.arm, row.example), row]));
  const found = asks.map((ask) => ({
    ask,
    rows: ask.exampleIds.flatMap((id) => byCell.get(cellOf(ask.candidate, id)) ?? []),
  }));
  const ids = [...new Set(found.flatMap((of) => of.rows.flatMap((row) => row.traceId ?? [])))];
  const traces = await getTraces(db, { project, ids });
  const spans = new Map(traces.map((trace) => [trace.id, trace.spans]));
  return new Map(
    found.map((of) => [
      of.ask.id,
      {
        records: of.rows.map((row) =>
          recordOf(row, {
            inputs: subjectOf(row),
            remarks: remarks.get(row.ordinal) ?? [],
            spans: spans.get(row.traceId ?? '') ?? [],
          }),
        ),
        examples: of.rows.map((row) => JSON.stringify([subjectOf(row), row.outputs])),
      },
    ]),
  );
}

const cellOf = (arm: string, example: string): string => `${arm} ${example}`;

function recordOf(
  row: runs.ResultRow,
  beside: {
    readonly inputs: JsonObject;
    readonly remarks: readonly Remark[];
    readonly spans: readonly Span[];
  },
): ReflectiveRecord {
  const found = measured(scoredRow(row));
  return reflectiveRecord({
    ...beside,
    outputs: row.outputs ?? { error: row.error?.message ?? 'no output' },
    expectations: row.content.expectations ?? null,
    rationale: row.rationale ?? row.error?.message ?? null,
    score: found.kind === 'score' ? found.score : 0,
  });
}
