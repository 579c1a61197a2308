import { type RawBuilder, type Selectable, sql } from 'kysely';
import { NO_END, type ReceivedSpan, type Span, type Trace } from '../../contracts/trace.ts';
import type { SpanLine } from '../../contracts/trace-outline.ts';
import { columns, json, jsonOrNull, plainText } from '../column.ts';
import type { Db } from '../connect.ts';
import type { Database } from '../tables.ts';

export type TraceIds = { readonly project: string; readonly ids: readonly string[] };

type Row = {
  readonly trace: string;
  readonly ordinal: number | null;
  readonly session: string | null;
  readonly span: Span;
};

/** Writes what an agent of ours recorded, in place of what it recorded before; received spans of the same traces stay. */
export async function replaceSpans(
  tx: Db,
  project: string,
  traces: readonly Trace[],
): Promise<void> {
  await tx
    .deleteFrom('span')
    .where('project', '=', project)
    .where('trace', 'in', [...traces.map(({ id }) => id), ''])
    .where('ordinal', 'is not', null)
    .execute();
  await write(
    tx,
    project,
    traces.flatMap((trace) =>
      trace.spans.map((span, ordinal) => ({ trace: trace.id, ordinal, session: null, span })),
    ),
  );
}

/** Adds received spans; one that is there is replaced, unless our own agent recorded it, or it has ended and what comes has not. Gives the number of those that are new. */
export const mergeSpans = (
  tx: Db,
  project: string,
  spans: readonly ReceivedSpan[],
): Promise<number> =>
  write(
    tx,
    project,
    spans.map(({ trace, session, ...span }) => ({ trace, ordinal: null, session, span })),
  );

async function write(tx: Db, project: string, given: readonly Row[]): Promise<number> {
  // One statement may meet a key once: of spans with one id the last is written.
  const rows = [...new Map(given.map((row) => [`${row.trace}/${row.span.id}`, row])).values()];
  const c = columns(rows, {
    trace: (row) => row.trace,
    ordinal: (row) => row.ordinal,
    id: ({ span }) => span.id,
    parent: ({ span }) => span.parent,
    name: ({ span }) => plainText(span.name),
    kind: ({ span }) => span.kind,
    start: ({ span }) => span.start,
    end: ({ span }) => span.end,
    status: ({ span }) => span.status,
    message: ({ span: { message } }) => (message === null ? null : plainText(message)),
    inputs: ({ span }) => json(span.inputs),
    outputs: ({ span }) => json(span.outputs),
    usage: ({ span }) => jsonOrNull(span.usage),
    attributes: ({ span }) => json(span.attributes),
    session: ({ session }) => (session === null ? null : plainText(session)),
    origin: ({ span }) => jsonOrNull(span.origin),
  });
  const { rows: written } = await sql<{ fresh: boolean }>`
    insert into span (project, trace, ordinal, id, parent, name, kind, started, ended, status,
      message, inputs, outputs, usage, attributes, session, origin)
    select ${project}, * from unnest(${c.trace}::text[], ${c.ordinal}::integer[], ${c.id}::text[],
      ${c.parent}::text[], ${c.name}::text[], ${c.kind}::text[], ${c.start}::double precision[],
      ${c.end}::double precision[], ${c.status}::text[], ${c.message}::text[],
      ${c.inputs}::json[], ${c.outputs}::json[], ${c.usage}::json[], ${c.attributes}::json[],
      ${c.session}::text[], ${c.origin}::json[])
    on conflict (project, trace, id) do update set
      ordinal = excluded.ordinal, parent = excluded.parent, name = excluded.name,
      kind = excluded.kind, started = excluded.started, ended = excluded.ended,
      status = excluded.status, message = excluded.message, inputs = excluded.inputs,
      outputs = excluded.outputs, usage = excluded.usage, attributes = excluded.attributes,
      session = excluded.session, origin = excluded.origin
    where span.ordinal is null
      and (not ${unended(sql.ref('excluded.origin'))} or ${unended(sql.ref('span.origin'))})
    returning xmax = 0 as fresh`.execute(tx);
  return written.filter(({ fresh }) => fresh).length;
}

/** Whether a span was sent before it ended: sent again, late or out of order, that takes nothing from its end. */
const unended = (origin: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`coalesce(${origin}::jsonb -> 'remarks' @> ${JSON.stringify([NO_END])}::jsonb, false)`;

/** Spans by trace: those our agent recorded in its order, then the others by their start. */
export async function spansOf(
  db: Db,
  { project, ids }: TraceIds,
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const rows = await db
    .selectFrom('span')
    .selectAll()
    .where('project', '=', project)
    .where('trace', 'in', [...ids, ''])
    .orderBy('trace')
    .orderBy('ordinal')
    .orderBy('started')
    .orderBy('id')
    .execute();
  const grouped = Map.groupBy(rows, (row) => row.trace);
  return new Map([...grouped].map(([trace, own]) => [trace, own.map(spanOf)]));
}

const spanOf = (row: Selectable<Database['span']>): Span => ({
  id: row.id,
  parent: row.parent,
  name: row.name,
  kind: row.kind,
  start: row.started,
  end: row.ended,
  status: row.status,
  message: row.message,
  inputs: row.inputs,
  outputs: row.outputs,
  usage: row.usage,
  attributes: row.attributes,
  ...(row.origin !== null && { origin: row.origin }),
});

/** Spans without their content, by trace. */
export async function linesOf(
  db: Db,
  { project, ids }: TraceIds,
): Promise<ReadonlyMap<string, readonly SpanLine[]>> {
  // `null` takes five bytes: of what is larger the size is enough, and nothing is unpacked.
  const { rows } = await sql<SpanLine & { readonly trace: string }>`
    select trace, id, parent, name, kind, started as start, ended as end, status, usage, session,
      pg_column_size(inputs) > 5 or inputs::text <> 'null' as "hasInputs",
      pg_column_size(outputs) > 5 or outputs::text <> 'null' as "hasOutputs"
    from span where project = ${project} and trace = any(${ids}::text[])`.execute(db);
  return Map.groupBy(rows, (row) => row.trace);
}
