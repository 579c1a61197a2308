import { sql } from 'kysely';
import type { StoredTrace, Tags, Trace } from '../../contracts/trace.ts';
import { lineOf, outlineOf } from '../../contracts/trace-outline.ts';
import { columns, json, plainText } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError, SealedError } from '../errors.ts';
import type { RunRef } from '../runs/runs.ts';
import { replaceSpans, spansOf, type TraceIds } from './spans.ts';
import { outlineTraces } from './import.ts';

export { type Imported, importSpans } from './import.ts';

/**
 * Writes traces of a run with their spans. What the agent recorded before is replaced; spans of the same trace that its service exported,
 * before or after, stay.
 */
export function saveTraces(
  db: Db,
  { project, run, traces }: RunRef & { readonly traces: readonly Trace[] },
): Promise<void> {
  const rows = traces.map((trace) => ({
    ...trace,
    outline: outlineOf(trace.spans.map((span) => lineOf(span))),
  }));
  const c = columns(rows, {
    id: (row) => row.id,
    status: (row) => row.status,
    inputs: (row) => json(row.inputs),
    outputs: (row) => json(row.outputs),
    name: ({ outline }) => outline.name,
    start: ({ outline }) => outline.start,
    latencyMs: ({ outline }) => outline.latencyMs,
    inputTokens: ({ outline }) => outline.inputTokens,
    outputTokens: ({ outline }) => outline.outputTokens,
  });
  return inTransaction(db, async (tx) => {
    const { rows: written } = await sql<{ id: string; fresh: boolean }>`
      insert into trace (project, run, id, status, inputs, outputs, name, started, latency_ms,
        input_tokens, output_tokens)
      select ${project}, ${run}, id, status, inputs, outputs, name,
        coalesce(start, extract(epoch from now()) * 1000), latency_ms, input_tokens, output_tokens
      from unnest(${c.id}::text[], ${c.status}::text[], ${c.inputs}::json[], ${c.outputs}::json[],
        ${c.name}::text[], ${c.start}::double precision[], ${c.latencyMs}::double precision[],
        ${c.inputTokens}::bigint[], ${c.outputTokens}::bigint[])
        as u (id, status, inputs, outputs, name, start, latency_ms, input_tokens, output_tokens)
      order by id
      on conflict (project, id) do update set run = excluded.run, status = excluded.status,
        inputs = excluded.inputs, outputs = excluded.outputs
      returning id, xmax = 0 as fresh`.execute(tx);
    await replaceSpans(tx, project, traces);
    const ids = written.filter(({ fresh }) => !fresh).map(({ id }) => id);
    if (ids.length > 0) await outlineTraces(tx, { project, ids });
  });
}

/**
 * Says that traces will be of a run before its agent starts, so that what a service exports meanwhile is under the seal of that run
 * from its first span on.
 */
export async function reserveTraces(
  db: Db,
  { project, run, ids }: RunRef & { readonly ids: readonly string[] },
): Promise<void> {
  await sql`
    insert into trace (project, run, id, status, inputs, outputs)
    select ${project}, ${run}, id, 'OK', 'null', 'null' from unnest(${ids}::text[]) as u (id)
    order by id
    on conflict (project, id) do update set run = excluded.run`.execute(db);
}

/**
 * Traces in the order of the ids; unknown ones are left out. `within` is the run that asks: the traces of a gate are open to its own
 * scorers, and to nobody else. @throws SealedError
 */
export async function getTraces(
  db: Db,
  { project, ids, within }: TraceIds & { readonly within?: string },
): Promise<readonly StoredTrace[]> {
  if (ids.length === 0) return [];
  await refuseSealed(db, { project, ids, ...(within !== undefined && { within }) });
  const rows = await db
    .selectFrom('trace')
    .selectAll()
    .where('project', '=', project)
    .where('id', 'in', [...ids])
    .execute();
  const spans = await spansOf(db, { project, ids });
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    if (!row) return [];
    const { status, inputs, outputs, tags, run } = row;
    const figures = figuresOf(row);
    return [{ id, status, inputs, outputs, ...figures, tags, run, spans: spans.get(id) ?? [] }];
  });
}

/** One trace whole. @throws NotFoundError | SealedError */
export async function getTrace(
  db: Db,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<StoredTrace> {
  const [trace] = await getTraces(db, { project, ids: [id] });
  if (!trace) throw new NotFoundError('trace', id, 'see `attune trace search`');
  return trace;
}

async function refuseSealed(
  db: Db,
  { project, ids, within = '' }: TraceIds & { readonly within?: string },
): Promise<void> {
  const sealed = await db
    .selectFrom('trace as t')
    .innerJoin('run as r', (join) =>
      join.onRef('r.project', '=', 't.project').onRef('r.name', '=', 't.run'),
    )
    .select(['t.id', 't.run'])
    .where('t.project', '=', project)
    .where('t.id', 'in', [...ids, ''])
    .where('r.kind', '=', 'gate')
    .where('r.name', '<>', within)
    .limit(1)
    .executeTakeFirst();
  if (sealed) throw new SealedError(`trace ${sealed.id} of ${sealed.run}`);
}

/** A row's figures as the rest of the program knows them. */
export const figuresOf = (row: {
  readonly name: string;
  readonly session: string | null;
  readonly started: number;
  readonly latency_ms: number | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
}): Pick<
  StoredTrace,
  'name' | 'session' | 'start' | 'latencyMs' | 'inputTokens' | 'outputTokens'
> => ({
  name: row.name,
  session: row.session,
  start: row.started,
  latencyMs: row.latency_ms,
  inputTokens: row.input_tokens === null ? null : Number(row.input_tokens),
  outputTokens: row.output_tokens === null ? null : Number(row.output_tokens),
});

/** Adds tags to traces; a tag of the same name is replaced. Gives the number of traces. @throws SealedError */
export async function tagTraces(
  db: Db,
  at: TraceIds & { readonly tags: Tags; readonly remove?: readonly string[] },
): Promise<number> {
  if (at.ids.length === 0) return 0;
  await refuseSealed(db, at);
  const done = await db
    .updateTable('trace')
    .set({ tags: sql`(tags - ${at.remove ?? []}::text[]) || ${plain(at.tags)}::jsonb` })
    .where('project', '=', at.project)
    .where('id', 'in', [...at.ids])
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/** jsonb holds no NUL. */
const plain = (tags: Tags): string =>
  json(Object.fromEntries(Object.entries(tags).map((pair) => pair.map(plainText))));
