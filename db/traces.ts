import { sql } from 'kysely';
import type { Span, Trace } from '../contracts/trace.ts';
import { columns, json, jsonOrNull, plainText } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { SealedError } from './errors.ts';
import type { RunRef } from './runs.ts';

/** Writes traces of a run with their spans; a trace that is there already is replaced. */
export function saveTraces(
  db: Db,
  { project, run, traces }: RunRef & { readonly traces: readonly Trace[] },
): Promise<void> {
  const ids = traces.map((trace) => trace.id);
  const c = columns(traces, {
    status: (trace) => trace.status,
    inputs: (trace) => json(trace.inputs),
    outputs: (trace) => json(trace.outputs),
  });
  return inTransaction(db, async (tx) => {
    await sql`
      insert into trace (project, run, id, status, inputs, outputs)
      select ${project}, ${run}, * from unnest(${ids}::text[], ${c.status}::text[],
        ${c.inputs}::json[], ${c.outputs}::json[])
      on conflict (project, id) do update set status = excluded.status,
        inputs = excluded.inputs, outputs = excluded.outputs`.execute(tx);
    await tx
      .deleteFrom('span')
      .where('project', '=', project)
      .where('trace', 'in', [...ids, ''])
      .execute();
    await saveSpans(tx, project, traces);
  });
}

async function saveSpans(tx: Db, project: string, traces: readonly Trace[]): Promise<void> {
  const rows = traces.flatMap((trace) =>
    trace.spans.map((span, ordinal) => ({ trace: trace.id, ordinal, span })),
  );
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
  });
  await sql`
    insert into span (project, trace, ordinal, id, parent, name, kind, started, ended, status,
      message, inputs, outputs, usage, attributes)
    select ${project}, * from unnest(${c.trace}::text[], ${c.ordinal}::integer[], ${c.id}::text[],
      ${c.parent}::text[], ${c.name}::text[], ${c.kind}::text[], ${c.start}::double precision[],
      ${c.end}::double precision[], ${c.status}::text[], ${c.message}::text[],
      ${c.inputs}::json[], ${c.outputs}::json[], ${c.usage}::json[], ${c.attributes}::json[])`.execute(
    tx,
  );
}

/** Traces in the order of the ids; unknown ones are left out. @throws SealedError where one is of a gate */
export async function getTraces(
  db: Db,
  { project, ids }: { readonly project: string; readonly ids: readonly string[] },
): Promise<readonly (Trace & { readonly tags: Readonly<Record<string, string>> })[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('trace as t')
    .leftJoin('run as r', (join) =>
      join.onRef('r.project', '=', 't.project').onRef('r.name', '=', 't.run'),
    )
    .selectAll('t')
    .select('r.kind')
    .where('t.project', '=', project)
    .where('t.id', 'in', [...ids])
    .execute();
  const sealed = rows.find((row) => row.kind === 'gate');
  if (sealed) throw new SealedError(`trace ${sealed.id} of ${sealed.run}`);
  const spans = await spansOf(db, { project, ids });
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    if (!row) return [];
    const { status, inputs, outputs, tags } = row;
    return [{ id, status, inputs, outputs, tags, spans: spans.get(id) ?? [] }];
  });
}

async function spansOf(
  db: Db,
  { project, ids }: { readonly project: string; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const rows = await db
    .selectFrom('span')
    .selectAll()
    .where('project', '=', project)
    .where('trace', 'in', [...ids])
    .orderBy('trace')
    .orderBy('ordinal')
    .execute();
  const grouped = Map.groupBy(rows, (row) => row.trace);
  return new Map(
    [...grouped].map(([trace, own]) => [
      trace,
      own.map(({ started, ended, project: _p, trace: _t, ordinal: _o, ...span }) => ({
        ...span,
        start: started,
        end: ended,
      })),
    ]),
  );
}

/** Adds tags to traces; a tag of the same name is replaced. Gives the number of traces. */
export async function tagTraces(
  db: Db,
  at: {
    readonly project: string;
    readonly ids: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
  },
): Promise<number> {
  if (at.ids.length === 0) return 0;
  const done = await db
    .updateTable('trace')
    .set({ tags: sql`tags || ${json(at.tags)}::jsonb` })
    .where('project', '=', at.project)
    .where('id', 'in', [...at.ids])
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}
