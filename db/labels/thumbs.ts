import { sql } from 'kysely';
import { THUMBS } from '../../contracts/feedback.ts';
import type { Label } from '../../contracts/label.ts';
import type { Db } from '../connect.ts';

export type Thumb = Pick<Label, 'traceId' | 'rater' | 'value' | 'rationale'>;

/** What people say with their thumbs of these traces, of each person the last word. */
export async function thumbsOf(
  db: Db,
  { project, traces }: { readonly project: string; readonly traces: readonly string[] },
): Promise<readonly Thumb[]> {
  if (traces.length === 0) return [];
  const rows = await db
    .selectFrom('label as l')
    .select(['l.trace', 'l.rater', 'l.value', 'l.rationale'])
    .where('l.project', '=', project)
    .where('l.name', '=', THUMBS)
    .where('l.trace', 'in', [...traces])
    .where('l.withdrawn', '=', false)
    .where(
      sql<boolean>`not exists (select from label n where n.project = l.project and n.supersedes = l.id)`,
    )
    .orderBy('l.seq')
    .execute();
  return rows.map(({ trace: traceId, ...row }) => ({ traceId, ...row }));
}
