import type { Json } from '../contracts/json.ts';
import type { Span } from '../contracts/trace.ts';
import type { Db } from './connect.ts';

/** A span without what it read and wrote: hundreds fit on a page. */
export type SpanOutline = Pick<
  Span,
  'id' | 'parent' | 'name' | 'kind' | 'status' | 'start' | 'end'
>;

/** Spans by trace, in order. Whether a trace may be read is the caller's to know. */
export async function outlineSpans(
  db: Db,
  { project, traces }: { readonly project: string; readonly traces: readonly string[] },
): Promise<ReadonlyMap<string, readonly SpanOutline[]>> {
  const rows = await db
    .selectFrom('span')
    .select(['trace', 'id', 'parent', 'name', 'kind', 'status', 'started', 'ended'])
    .where('project', '=', project)
    .where('trace', 'in', [...traces, ''])
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
