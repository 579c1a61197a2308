import { sql } from 'kysely';
import type { Assessment } from '../../contracts/assessment.ts';
import { columns, json, jsonOrNull, plainText } from '../column.ts';
import type { Db } from '../connect.ts';
import type { RunRef } from './runs.ts';

export type NewAssessment = {
  readonly ordinal: number;
  /** Id of the scorer's version. */
  readonly scorer: string;
  /** Default 0. */
  readonly repeat?: number;
  readonly assessment: Assessment;
};

/** Writes assessments of a run; one that is there already stays. */
export async function saveAssessments(
  db: Db,
  { project, run, assessments }: RunRef & { readonly assessments: readonly NewAssessment[] },
): Promise<void> {
  const c = columns(assessments, {
    ordinal: (row) => row.ordinal,
    scorer: (row) => row.scorer,
    repeat: (row) => row.repeat ?? 0,
    name: ({ assessment }) => assessment.name,
    value: ({ assessment }) => jsonOrNull(assessment.value),
    score: ({ assessment }) => assessment.score,
    rationale: ({ assessment: { rationale } }) =>
      rationale === null ? null : plainText(rationale),
    error: ({ assessment }) => jsonOrNull(assessment.error),
    source: ({ assessment }) => assessment.source,
    evidence: ({ assessment }) => json(assessment.evidence),
  });
  await sql`
    insert into assessment (project, run, ordinal, scorer, repeat, name, value, score, rationale,
      error, source, evidence)
    select ${project}, ${run}, * from unnest(${c.ordinal}::integer[], ${c.scorer}::text[],
      ${c.repeat}::integer[], ${c.name}::text[], ${c.value}::json[],
      ${c.score}::double precision[], ${c.rationale}::text[], ${c.error}::json[],
      ${c.source}::text[], ${c.evidence}::json[])
    on conflict do nothing`.execute(db);
}
