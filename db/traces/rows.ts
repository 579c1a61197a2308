import { sql } from 'kysely';
import type { TraceContent } from '../../contracts/trace.ts';
import type { TraceFilter } from '../../contracts/trace-filter.ts';
import type { Db } from '../connect.ts';
import { conditionOf, UNSEALED_TRACE } from './filter.ts';

/** Inputs and outputs of traces by their start, oldest first, for rows of a dataset. Those of gates are sealed: none is among them. */
export async function traceRows(
  db: Db,
  at: {
    readonly project: string;
    /** Null: every trace. */
    readonly filter: TraceFilter | null;
    readonly limit: number;
  },
): Promise<readonly TraceContent[]> {
  const { project, filter, limit } = at;
  const { rows } = await sql<TraceContent>`
    select t.id, t.status, t.inputs, t.outputs, t.session, t.tags, t.latency_ms as "latencyMs",
      (select s.message from span s where s.project = t.project and s.trace = t.id
        and s.status = 'ERROR' and s.message is not null
        order by s.parent is not null, s.started limit 1) as message
    from trace t
    where t.project = ${project}
      and ${UNSEALED_TRACE}
      and ${filter === null ? sql`true` : conditionOf(filter)}
    order by t.started, t.id
    limit ${limit}`.execute(db);
  return rows;
}
