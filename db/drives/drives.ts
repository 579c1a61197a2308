import { type Selectable, sql } from 'kysely';
import type { Drive, DriveRef } from '../../contracts/drive.ts';
import { json } from '../column.ts';
import type { Db } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import type { Database } from '../tables.ts';

export const createDrive = async (db: Db, fresh: Omit<Drive, 'createdAt'>): Promise<void> => {
  const { project, id, agent, prompts, asking, who } = fresh;
  await db
    .insertInto('drive')
    .values({ project, id, agent, prompts: json(prompts), asking: json(asking), who })
    .execute();
};

/** @throws NotFoundError */
export async function getDrive(db: Db, { project, drive }: DriveRef): Promise<Drive> {
  const row = await db
    .selectFrom('drive')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', drive)
    .executeTakeFirst();
  if (!row) throw new NotFoundError('test drive', drive, 'see the list of test drives');
  return driveOf(row);
}

export type DriveSummary = Drive & {
  readonly turns: number;
  /** Of the first turn; empty without one. */
  readonly opening: string;
};

/** Newest first. */
export async function listDrives(
  db: Db,
  { project, limit }: { readonly project: string; readonly limit: number },
): Promise<readonly DriveSummary[]> {
  const rows = await db
    .selectFrom('drive as d')
    .selectAll('d')
    .select((eb) => [
      eb
        .selectFrom('drive_turn as t')
        .select(sql<number>`count(*)::integer`.as('count'))
        .whereRef('t.project', '=', 'd.project')
        .whereRef('t.drive', '=', 'd.id')
        .as('turns'),
      eb
        .selectFrom('drive_turn as t')
        .select(sql<string>`left(t.message, 120)`.as('opening'))
        .whereRef('t.project', '=', 'd.project')
        .whereRef('t.drive', '=', 'd.id')
        .where('t.turn', '=', 1)
        .as('opening'),
    ])
    .where('d.project', '=', project)
    .orderBy('d.created_at', 'desc')
    .orderBy('d.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...driveOf(row),
    turns: row.turns ?? 0,
    opening: row.opening ?? '',
  }));
}

/** Names of the inputs of the rows that the agent was last evaluated on, the most frequent first; none before its first evaluation. */
export async function knownInputs(
  db: Db,
  { project, agent }: { readonly project: string; readonly agent: string },
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select k.name from (
      select e.inputs from dataset_row r
      join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
      join membership m on m.project = e.project and m.conversation = e.conversation
      where r.project = ${project} and m.part <> 'sealed' and r.version = (
        select dataset_version from run where project = ${project} and agent = ${agent}
        order by created_at desc limit 1)
      order by r.ordinal limit ${LOOKED_AT}
    ) some_rows, json_object_keys(some_rows.inputs) as k (name)
    group by k.name order by count(*) desc, k.name`.execute(db);
  return rows.map(({ name }) => name);
}

const LOOKED_AT = 200;

const driveOf = (row: Selectable<Database['drive']>): Drive => ({
  project: row.project,
  id: row.id,
  agent: row.agent,
  prompts: row.prompts,
  asking: row.asking,
  who: row.who,
  createdAt: row.created_at.toISOString(),
});
