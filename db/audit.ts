import type { Json } from '../contracts/json.ts';
import { json } from './column.ts';
import type { Db } from './connect.ts';

/** What a person did, for readers who ask later who it was. */
export type AuditAction =
  | 'label'
  | 'skip'
  | 'undo'
  | 'adjudicate'
  | 'open'
  | 'close'
  | 'link'
  | 'revoke'
  | 'approve'
  | 'reject';

export type AuditEntry = {
  readonly project: string;
  readonly who: string;
  readonly action: AuditAction;
  /** The session or cycle. */
  readonly subject: string;
  readonly detail?: Json;
};

/** In the transaction of what it tells. */
export async function writeAudit(tx: Db, entry: AuditEntry): Promise<void> {
  const { project, who, action, subject, detail = {} } = entry;
  await tx
    .insertInto('audit')
    .values({ project, who, action, subject, detail: json(detail) })
    .execute();
}

/** What was done about a session or cycle, in order. */
export async function listAudit(
  db: Db,
  { project, subject }: { readonly project: string; readonly subject: string },
): Promise<readonly (Omit<AuditEntry, 'project'> & { readonly at: string })[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('project', '=', project)
    .where('subject', '=', subject)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    who: row.who,
    action: row.action as AuditAction,
    subject: row.subject,
    detail: row.detail,
    at: row.at.toISOString(),
  }));
}
