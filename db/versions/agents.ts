import type { AgentRecord } from '../../contracts/agent.ts';
import { sql } from 'kysely';
import { json } from '../column.ts';
import type { Db } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { ensureProject } from '../projects.ts';

/** What a worker says it can run; the last worker's word counts. */
export async function registerAgents(
  db: Db,
  project: string,
  records: readonly AgentRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await ensureProject(db, { project });
  await db
    .insertInto('agent')
    .values(records.map((record) => ({ project, name: record.name, record: json(record) })))
    .onConflict((conflict) =>
      conflict.columns(['project', 'name']).doUpdateSet((eb) => ({
        record: eb.ref('excluded.record'),
        seen_at: sql<never>`now()`,
      })),
    )
    .execute();
}

/** @throws NotFoundError */
export async function getAgent(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<AgentRecord> {
  const row = await db
    .selectFrom('agent')
    .select('record')
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row) return row.record;
  const known = (await listAgents(db, project)).map((agent) => agent.name).join(', ') || 'none';
  throw new NotFoundError(
    'agent',
    name,
    `declare it in attune.config.ts and start a worker (known: ${known})`,
  );
}

export async function listAgents(db: Db, project: string): Promise<readonly AgentRecord[]> {
  const rows = await db
    .selectFrom('agent')
    .select('record')
    .where('project', '=', project)
    .orderBy('name')
    .execute();
  return rows.map((row) => row.record);
}
