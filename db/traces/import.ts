import { sql } from 'kysely';
import type { ReceivedSpan } from '../../contracts/trace.ts';
import { outlineOf } from '../../contracts/trace-outline.ts';
import { columns } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { linesOf, mergeSpans, type TraceIds } from './spans.ts';

export type Imported = {
  /** Ids of the traces that were touched. */
  readonly traces: readonly string[];
  readonly newTraces: number;
  readonly newSpans: number;
  /** Ids of those that are of a gate: stored, and shown to nobody. */
  readonly sealed: readonly string[];
};

/**
 * Stores received spans and what follows from them for their traces, whatever the order and however often they come. A trace and a span id stand for one
 * span: the last content that comes is kept.
 */
export async function importSpans(
  db: Db,
  { project, spans }: { readonly project: string; readonly spans: readonly ReceivedSpan[] },
): Promise<Imported> {
  // Locks are taken in the order of the ids, so that requests with the same traces wait for each other and never in a circle.
  const ids = [...new Set(spans.map(({ trace }) => trace))].sort();
  return inTransaction(db, async (tx) => {
    const { numInsertedOrUpdatedRows: added } = await tx
      .insertInto('trace')
      .columns(['project', 'id', 'status', 'inputs', 'outputs'])
      .expression(
        sql`select ${project}, id, 'OK', 'null', 'null' from unnest(${ids}::text[]) as u (id)`,
      )
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    const locked = await tx
      .selectFrom('trace as t')
      .leftJoin('run as r', (join) =>
        join.onRef('r.project', '=', 't.project').onRef('r.name', '=', 't.run'),
      )
      .select(['t.id', 'r.kind'])
      .where('t.project', '=', project)
      .where('t.id', 'in', [...ids, ''])
      .orderBy('t.id')
      .forUpdate('t')
      .execute();
    const newSpans = await mergeSpans(tx, project, spans);
    await outlineTraces(tx, { project, ids });
    const sealed = locked.filter(({ kind }) => kind === 'gate').map(({ id }) => id);
    return { traces: ids, newTraces: Number(added ?? 0), newSpans, sealed };
  });
}

/**
 * Recomputes what search reads of traces from all their spans. Status, inputs and outputs of a trace that a run made are what its agent answered, and stay.
 */
export async function outlineTraces(tx: Db, { project, ids }: TraceIds): Promise<void> {
  const lines = await linesOf(tx, { project, ids });
  const outlines = [...lines].map(([id, spans]) => ({ id, ...outlineOf(spans) }));
  const c = columns(outlines, {
    id: (row) => row.id,
    name: (row) => row.name,
    status: (row) => row.status,
    session: (row) => row.session,
    start: (row) => row.start,
    latencyMs: (row) => row.latencyMs,
    inputTokens: (row) => row.inputTokens,
    outputTokens: (row) => row.outputTokens,
    inputsOf: (row) => row.inputsOf,
    outputsOf: (row) => row.outputsOf,
  });
  await sql`
    update trace t set
      name = o.name, session = o.session, started = coalesce(o.start, t.started),
      latency_ms = o.latency_ms, input_tokens = o.input_tokens, output_tokens = o.output_tokens,
      status = case when t.run is null then o.status else t.status end,
      inputs = case when t.run is null then coalesce(i.inputs, 'null'::json) else t.inputs end,
      outputs = case when t.run is null then coalesce(r.outputs, 'null'::json) else t.outputs end
    from unnest(${c.id}::text[], ${c.name}::text[], ${c.status}::text[], ${c.session}::text[],
        ${c.start}::double precision[], ${c.latencyMs}::double precision[],
        ${c.inputTokens}::bigint[], ${c.outputTokens}::bigint[], ${c.inputsOf}::text[],
        ${c.outputsOf}::text[])
      as o (id, name, status, session, start, latency_ms, input_tokens, output_tokens, inputs_of,
        outputs_of)
      left join span i on i.project = ${project} and i.trace = o.id and i.id = o.inputs_of
      left join span r on r.project = ${project} and r.trace = o.id and r.id = o.outputs_of
    where t.project = ${project} and t.id = o.id`.execute(tx);
}
