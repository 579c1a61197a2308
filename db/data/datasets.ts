import { sql } from 'kysely';
import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Part } from '../../contracts/part.ts';
import type { Db } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { versionOf } from './version.ts';

export { firstTuneRows, getExamples, listExamples, unsealExamples } from './examples.ts';
export { importDataset } from './import.ts';

/** By version id, or by dataset name for the newest. @throws NotFoundError */
export async function getDataset(
  db: Db,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<DatasetVersion> {
  const query = db.selectFrom('dataset_version').selectAll().where('project', '=', project);
  const row = id.includes('@')
    ? await query.where('id', '=', id).executeTakeFirst()
    : await query.where('dataset', '=', id).orderBy('number', 'desc').executeTakeFirst();
  if (!row) throw new NotFoundError('dataset', id, 'see `attune dataset list`');
  return versionOf(row);
}

/** Versions of one dataset, or of all, by name and number. */
export async function listDatasets(
  db: Db,
  { project, name }: { readonly project: string; readonly name?: string },
): Promise<readonly DatasetVersion[]> {
  const rows = await db
    .selectFrom('dataset_version')
    .selectAll()
    .where('project', '=', project)
    .$if(name !== undefined, (query) => query.where('dataset', '=', name!))
    .orderBy('dataset')
    .orderBy('number')
    .execute();
  return rows.map(versionOf);
}

export type PartCount = {
  readonly conversations: number;
  readonly rows: number;
  /** Near-duplicate groups: what statistics count as one. */
  readonly clusters: number;
  /** Conversations that were opened and serve no gate any more. */
  readonly retired: number;
  /** Clusters of the others: what a gate can count on. */
  readonly open: number;
};

/** Sizes of the parts of a dataset version; a part without rows is left out. */
export async function countParts(
  db: Db,
  { project, version }: { readonly project: string; readonly version: string },
): Promise<Readonly<Partial<Record<Part, PartCount>>>> {
  const { rows } = await sql<PartCount & { readonly part: Part }>`
    select m.part, count(distinct m.conversation)::integer as conversations,
      count(*)::integer as rows, count(distinct m.near_group)::integer as clusters,
      count(distinct t.conversation)::integer as retired,
      count(distinct m.near_group) filter (where t.conversation is null)::integer as open
    from dataset_row r
    join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    join membership m on m.project = e.project and m.conversation = e.conversation
    left join retirement t on t.project = m.project and t.conversation = m.conversation
    where r.project = ${project} and r.version = ${version}
    group by m.part order by m.part`.execute(db);
  return Object.fromEntries(rows.map(({ part, ...count }) => [part, count]));
}
