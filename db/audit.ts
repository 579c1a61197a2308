import type { Json } from '../contracts/json.ts';
import { sql } from 'kysely';
import type { Decided } from '../contracts/progress.ts';
import { columns } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { type CycleRef, cycleKey } from './cycles/cycles.ts';

/** What a person did, for readers who ask later who it was. */
export type AuditAction =
  | 'label'
  | 'skip'
  | 'undo'
  | 'adjudicate'
  | 'open'
  | 'add'
  | 'close'
  | 'edit'
  | 'link'
  | 'revoke'
  | 'approve'
  | 'reject'
  /** An operation, by its name. */
  | `${string}.${string}`;

export type AuditEntry = {
  readonly project: string;
  readonly who: string;
  readonly action: AuditAction;
  /** The session, cycle, dataset version or test drive. */
  readonly subject: string;
  readonly detail?: Json;
};

/** In the transaction of what it tells. */
export async function writeAudit(tx: Db, entry: AuditEntry): Promise<void> {
  const { project, ...rest } = entry;
  await writeAudits(tx, project, [rest]);
}

/** Many entries at once, in order. */
export async function writeAudits(
  tx: Db,
  project: string,
  entries: readonly Omit<AuditEntry, 'project'>[],
): Promise<void> {
  const c = columns(entries, {
    who: (entry) => entry.who,
    action: (entry) => entry.action,
    subject: (entry) => entry.subject,
    detail: (entry) => JSON.stringify(entry.detail ?? {}),
  });
  await sql`
    insert into audit (project, who, action, subject, detail)
    select ${project}, who, action, subject, detail
    from unnest(${c.who}::text[], ${c.action}::text[], ${c.subject}::text[], ${c.detail}::json[])
      with ordinality as n (who, action, subject, detail, place)
    order by place`.execute(tx);
}

/**
 * Who let a promotion happen, or vetoed it, and why. The first decision on a cycle stands and is answered: a repeat, also after the
 * cycle was resumed, changes nothing.
 */
export function recordDecision(db: Db, ref: CycleRef, decision: Decided): Promise<Decided> {
  const { project } = ref;
  const { approved, who, why } = decision;
  const subject = cycleKey(ref);
  return inTransaction(db, async (tx) => {
    await tx
      .selectFrom('cycle')
      .select('key')
      .where('project', '=', project)
      .where('key', '=', subject)
      .forUpdate()
      .executeTakeFirst();
    const standing = await findDecision(tx, ref);
    if (standing !== null) return standing;
    const action = approved ? 'approve' : 'reject';
    await writeAudit(tx, { project, who, action, subject, detail: { why } });
    return decision;
  });
}

/** What a person decided on the promotion of a cycle; null while nobody has. */
export async function findDecision(db: Db, ref: CycleRef): Promise<Decided | null> {
  const row = await db
    .selectFrom('audit')
    .select(['who', 'action', 'detail'])
    .where('project', '=', ref.project)
    .where('subject', '=', cycleKey(ref))
    .where('action', 'in', ['approve', 'reject'])
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { why } = row.detail as { readonly why: string };
  return { approved: row.action === 'approve', who: row.who, why };
}

/** What was done about a session or cycle, in order; with `last` only the newest entries of that number. */
export async function listAudit(
  db: Db,
  {
    project,
    subject,
    last,
  }: { readonly project: string; readonly subject: string; readonly last?: number },
): Promise<readonly (Omit<AuditEntry, 'project'> & { readonly at: string })[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('project', '=', project)
    .where('subject', '=', subject)
    .orderBy('seq', 'desc')
    .$if(last !== undefined, (query) => query.limit(last!))
    .execute();
  return rows.toReversed().map((row) => ({
    who: row.who,
    action: row.action as AuditAction,
    subject: row.subject,
    detail: row.detail,
    at: row.at.toISOString(),
  }));
}
