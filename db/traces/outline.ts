import { sql } from 'kysely';
import type { Json } from '../../contracts/json.ts';
import type { SpanOutline } from '../../contracts/trace-outline.ts';
import type { Db } from '../connect.ts';

/** Spans by trace, by their start. Whether a trace may be read is the caller's to know. */
export async function outlineSpans(
  db: Db,
  { project, traces }: { readonly project: string; readonly traces: readonly string[] },
): Promise<ReadonlyMap<string, readonly SpanOutline[]>> {
  const rows = await db
    .selectFrom('span')
    .select(['trace', 'id', 'parent', 'name', 'kind', 'status', 'usage', 'started', 'ended'])
    .where('project', '=', project)
    .where('trace', '=', sql<string>`any(${traces}::text[])`)
    .orderBy('trace')
    .orderBy('started')
    .orderBy('id')
    .execute();
  const spans = rows.map(({ trace, started, ended, ...rest }) => ({
    trace,
    outline: { ...rest, start: started, end: ended },
  }));
  const grouped = Map.groupBy(spans, ({ trace }) => trace);
  return new Map([...grouped].map(([trace, own]) => [trace, own.map(({ outline }) => outline)]));
}

/** What one span read and wrote; undefined where there is none. */
export async function readSpan(
  db: Db,
  at: { readonly project: string; readonly trace: string; readonly id: string },
): Promise<{ inputs: Json; outputs: Json; message: string | null } | undefined> {
  return db
    .selectFrom('span')
    .select(['inputs', 'outputs', 'message'])
    .where('project', '=', at.project)
    .where('trace', '=', at.trace)
    .where('id', '=', at.id)
    .executeTakeFirst();
}
