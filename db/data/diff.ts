import { sql } from 'kysely';
import type { Example } from '../../contracts/example.ts';
import type { Db } from '../connect.ts';
import { EXAMPLE_COLUMNS, exampleOf } from './examples.ts';

export type Change = 'added' | 'removed' | 'changed';
export type ChangeCounts = Readonly<Record<Change, number>>;

export type RowChange = {
  readonly id: string;
  readonly change: Change;
  /** Null where the row is new. */
  readonly before: Example | null;
  /** Null where the row is gone. */
  readonly after: Example | null;
};

export type VersionPair = {
  readonly project: string;
  /** Version ids. */
  readonly from: string;
  readonly to: string;
};

type Row = {
  readonly id: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly sealed: boolean;
};

/** Rows that differ between two versions, in the order of the later one, those that are gone last. Of sealed rows only how many. */
export async function diffVersions(
  db: Db,
  at: VersionPair,
): Promise<{ readonly rows: readonly RowChange[]; readonly sealed: ChangeCounts }> {
  const found = await differing(db, at);
  const open = found.filter((row) => !row.sealed);
  const contents = await contentsOf(db, { project: at.project, rows: open });
  const contentOf = (id: string, hash: string | null): Example | null =>
    hash === null ? null : contents.get(`${id} ${hash}`)!;
  return {
    rows: open.map(({ id, before, after }) => ({
      id,
      change: changeOf({ before, after }),
      before: contentOf(id, before),
      after: contentOf(id, after),
    })),
    sealed: countsOf(found.filter((row) => row.sealed)),
  };
}

/** How many rows differ between two versions, sealed ones among them. */
async function countDifferences(db: Db, at: VersionPair): Promise<ChangeCounts> {
  return countsOf(await differing(db, at));
}

const changeOf = ({ before, after }: Pick<Row, 'before' | 'after'>): Change =>
  before === null ? 'added' : after === null ? 'removed' : 'changed';

function countsOf(rows: readonly Row[]): ChangeCounts {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const row of rows) counts[changeOf(row)] += 1;
  return counts;
}

async function differing(db: Db, { project, from, to }: VersionPair): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    with a as (select * from dataset_row where project = ${project} and version = ${from}),
      b as (select * from dataset_row where project = ${project} and version = ${to})
    select coalesce(b.example, a.example) as id, a.hash as before, b.hash as after,
      m.part = 'sealed' as sealed
    from a full join b on b.example = a.example
    join example e on e.project = ${project} and e.id = coalesce(b.example, a.example)
      and e.hash = coalesce(b.hash, a.hash)
    join membership m on m.project = e.project and m.conversation = e.conversation
    where a.hash is distinct from b.hash
    order by b.ordinal nulls last, a.ordinal`.execute(db);
  return rows;
}

async function contentsOf(
  db: Db,
  { project, rows }: { readonly project: string; readonly rows: readonly Row[] },
): Promise<ReadonlyMap<string, Example>> {
  if (rows.length === 0) return new Map();
  const wanted = rows.flatMap(({ id, before, after }) => [before, after].map((hash) => [id, hash]));
  const found = await db
    .selectFrom('example as e')
    .select(EXAMPLE_COLUMNS)
    .where('e.project', '=', project)
    .where(
      sql<boolean>`(e.id, e.hash) in (select * from unnest(
        ${wanted.map(([id]) => id)}::text[], ${wanted.map(([, hash]) => hash)}::text[]))`,
    )
    .execute();
  return new Map(found.map((row) => [`${row.id} ${row.hash}`, exampleOf(row)]));
}

export type VersionLine = ChangeCounts & {
  readonly id: string;
  readonly number: number;
  readonly size: number;
  readonly conversations: number;
  readonly hash: string;
  readonly createdAt: string;
};

/** The versions of a dataset by number, with what each changed of the one before. */
export async function listVersions(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<readonly VersionLine[]> {
  const rows = await db
    .selectFrom('dataset_version')
    .selectAll()
    .where('project', '=', project)
    .where('dataset', '=', name)
    .orderBy('number')
    .execute();
  const lines: VersionLine[] = [];
  for (const [at, { id, number, size, conversations, hash, created_at }] of rows.entries()) {
    const before = rows[at - 1];
    const counts =
      before === undefined
        ? { added: size, removed: 0, changed: 0 }
        : await countDifferences(db, { project, from: before.id, to: id });
    const createdAt = created_at.toISOString();
    lines.push({ id, number, size, conversations, hash, createdAt, ...counts });
  }
  return lines;
}
