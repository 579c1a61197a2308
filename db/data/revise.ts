import { sql } from 'kysely';
import { canonical } from '../../contracts/canonical.ts';
import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Example } from '../../contracts/example.ts';
import { type Db, inTransaction } from '../connect.ts';
import { getDataset } from './datasets.ts';
import { type PlacedExample, rowsToRevise } from './examples.ts';
import {
  distinct,
  type Import,
  type ImportedVersion,
  lockProject,
  type Placed,
  writeVersion,
} from './import.ts';

export type Revision<P extends Placed> = Pick<Import<P>, 'project' | 'gold'> & {
  /** A version id, or the name of a dataset for its newest. */
  readonly base: string;
  /** Dataset of the new version; default that of the base. */
  readonly name?: string;
  /** The new rows in their order. It is given sealed rows too, and tells nobody what they hold. */
  readonly revise: (before: readonly PlacedExample[]) => readonly Example[];
  /** Decides the parts of conversations that are new, among the rows whose inputs are. */
  readonly place: (fresh: readonly Example[], split: Parameters<Import<P>['place']>[0]) => P;
};

export type Revised<P> = ImportedVersion<P> & { readonly base: DatasetVersion };

/**
 * Makes the next version of a dataset from one of its versions, or finds the version with equal rows; all or nothing. Two revisions at
 * once follow each other.
 * @throws NotFoundError | ImportError | what `revise` throws
 */
export function reviseDataset<P extends Placed>(
  db: Db,
  { project, base: id, name, gold = {}, revise, place }: Revision<P>,
): Promise<Revised<P>> {
  return inTransaction(db, async (tx) => {
    // Before the lock: a dataset that is there has a project to lock.
    await getDataset(tx, { project, id });
    const split = await lockProject(tx, project);
    const base = await getDataset(tx, { project, id });
    const before = await rowsToRevise(tx, { project, version: base.id });
    const rows = distinct(revise(before));
    const held = new Set(before.map((row) => `${row.id} ${row.hash}`));
    const fresh = rows.filter((row) => !held.has(`${row.id} ${row.hash}`));
    const target = name ?? base.name;
    const made = await writeVersion(tx, {
      project,
      name: target,
      rows,
      fresh,
      gold,
      split,
      place: (at) => place(fresh.filter(isNew(before)), at),
    });
    if (target !== base.name) await copyGold(tx, { project, from: base.name, to: target, rows });
    return { ...made, base };
  });
}

/** Whether a row says something else than before: with equal inputs its conversation has its place. */
function isNew(before: readonly Example[]): (row: Example) => boolean {
  const placed = new Map(before.map((row) => [row.id, canonical(row.inputs)]));
  return (row) => placed.get(row.id) !== canonical(row.inputs);
}

type Copy = {
  readonly project: string;
  readonly from: string;
  readonly to: string;
  readonly rows: readonly Example[];
};

async function copyGold(tx: Db, { project, from, to, rows }: Copy): Promise<void> {
  await sql`
    insert into gold (project, dataset, example, value)
    select project, ${to}, example, value from gold
    where project = ${project} and dataset = ${from}
      and example = any(${rows.map(({ id }) => id)}::text[])
    on conflict do nothing`.execute(tx);
}
