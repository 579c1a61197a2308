import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Db } from '../connect.ts';
import { type ChangeCounts, diffVersions } from './diff.ts';
import type { Placed } from './import.ts';
import { reviseDataset, type Revision } from './revise.ts';

/** What a revision came to: of sealed rows only how many. */
export type RevisionAnswer = DatasetVersion & {
  readonly from: string;
  readonly created: boolean;
  readonly changes: ChangeCounts;
  readonly sealedChanges: ChangeCounts;
  /** What a person should know of the split. */
  readonly remarks: readonly string[];
};

/** Makes the next version of a dataset and tells what changed. @throws as reviseDataset does */
export async function reviseAndCompare<P extends Placed>(
  db: Db,
  revision: Revision<P>,
  remarksOf: (placed: P) => readonly string[],
): Promise<RevisionAnswer> {
  const { project } = revision;
  const { version, base, created, placed } = await reviseDataset(db, revision);
  const differences = await diffVersions(db, { project, from: base.id, to: version.id });
  const of = (change: keyof ChangeCounts): number =>
    differences.rows.filter((row) => row.change === change).length + differences.sealed[change];
  return {
    ...version,
    from: base.id,
    created,
    changes: { added: of('added'), changed: of('changed'), removed: of('removed') },
    sealedChanges: differences.sealed,
    remarks: remarksOf(placed),
  };
}
