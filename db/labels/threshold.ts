import { sql } from 'kysely';
import type { Db } from '../connect.ts';
import { tell } from '../outbox.ts';

/**
 * Tells the cycle of each open session whose labels in time, and skips, have reached the target; once for each session. In the check of a
 * gate every output is wanted: raters beyond those asked for count for none.
 */
export async function tellTargets(
  tx: Db,
  { project, sessions }: { readonly project: string; readonly sessions: readonly string[] },
): Promise<void> {
  const { rows } = await sql<{ id: string; cycle: string | null }>`
    select s.id, s.cycle from label_session s
    where s.project = ${project} and s.id = any(${sessions}::text[]) and s.state = 'open'
      and s.target <= (
        select coalesce(sum(case when s.kind = 'check' then least(n, s.raters_per_item) else n end), 0)
        from (
          select count(*) as n from label l
          join session_item i on i.project = l.project and i.session = s.id
            and i.example = l.example and i.output_hash = l.output_hash
          where l.project = s.project and l.name = s.judge and not l.late and not l.withdrawn
            and not exists (select from label n
              where n.project = l.project and n.supersedes = l.id and not n.late)
          group by i.ordinal
        ) labelled
      ) + (
        select count(*) from (
          select distinct on (k.ordinal, k.rater) k.reason from item_skip k
          where k.project = s.project and k.session = s.id
          order by k.ordinal, k.rater, k.seq desc
        ) last where reason is not null
      )`.execute(tx);
  for (const { id, cycle } of rows)
    await tell(tx, { project, kind: 'labels-target', subject: id, payload: { cycle } });
}
