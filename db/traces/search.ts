import { type Selectable, sql } from 'kysely';
import type { TraceSummary } from '../../contracts/trace.ts';
import type { TraceFilter } from '../../contracts/trace-filter.ts';
import type { Db } from '../connect.ts';
import type { Database } from '../tables.ts';
import { conditionOf, UNSEALED_TRACE } from './filter.ts';
import { figuresOf } from './traces.ts';

/** Where a page ends: the next one begins after it. */
export type TracePlace = { readonly start: number; readonly id: string };

export type TraceSearch = {
  readonly project: string;
  /** Null: every trace. */
  readonly filter: TraceFilter | null;
  readonly limit: number;
  readonly after?: TracePlace | null;
};

export type TracePage = {
  readonly traces: readonly TraceSummary[];
  /** Null on the last page. */
  readonly next: TracePlace | null;
};

const PREVIEW = 300;

/** Traces by their start, newest first. Those of gates are sealed: no search finds them. */
export async function searchTraces(
  db: Db,
  { project, filter, limit, after = null }: TraceSearch,
): Promise<TracePage> {
  const { rows } = await sql<Row>`
    select t.id, t.status, t.run, t.tags, t.name, t.session, t.started, t.latency_ms,
      t.input_tokens, t.output_tokens,
      left(t.inputs::text, ${PREVIEW}) as inputs, left(t.outputs::text, ${PREVIEW}) as outputs,
      (select count(*)::integer from span s where s.project = t.project and s.trace = t.id) as spans
    from trace t
    where t.project = ${project}
      and ${UNSEALED_TRACE}
      and ${after === null ? sql`true` : sql`(t.started, t.id) < (${after.start}, ${after.id})`}
      and ${filter === null ? sql`true` : conditionOf(filter)}
    order by t.started desc, t.id desc
    limit ${limit + 1}`.execute(db);
  const traces = rows.slice(0, limit).map(summaryOf);
  const last = traces.at(-1);
  return {
    traces,
    next: rows.length > limit && last ? { start: last.start, id: last.id } : null,
  };
}

/** Ids that begin so, at most `limit`; where one is just that, it alone. Sealed ones are not told. */
export async function completeTraceId(
  db: Db,
  {
    project,
    start,
    limit,
  }: { readonly project: string; readonly start: string; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select t.id from trace t
    where t.project = ${project} and starts_with(t.id, ${start}) and (t.id = ${start} or ${UNSEALED_TRACE})
    order by t.id limit ${limit}`.execute(db);
  const ids = rows.map(({ id }) => id);
  return ids.includes(start) ? [start] : ids;
}

type Row = Pick<
  Selectable<Database['trace']>,
  | 'id'
  | 'status'
  | 'run'
  | 'tags'
  | 'name'
  | 'session'
  | 'started'
  | 'latency_ms'
  | 'input_tokens'
  | 'output_tokens'
> & { readonly inputs: string; readonly outputs: string; readonly spans: number };

const summaryOf = (row: Row): TraceSummary => ({
  id: row.id,
  status: row.status,
  run: row.run,
  tags: row.tags,
  ...figuresOf(row),
  spans: row.spans,
  preview: { inputs: row.inputs, outputs: row.outputs },
});
