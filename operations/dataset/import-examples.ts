import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Example } from '../../contracts/example.ts';
import type { Json } from '../../contracts/json.ts';
import type { Db } from '../../db/connect.ts';
import { importDataset } from '../../db/data/datasets.ts';
import { remarksOf } from '../../domain/dataset/place.ts';
import { placeRows } from './place.ts';

export type DatasetImport = {
  readonly db: Db;
  readonly project: string;
  readonly name: string;
  readonly examples: readonly Example[];
  readonly gold: Readonly<Record<string, Json>>;
  /** Of a project that is new. */
  readonly salt: string | undefined;
  /** Tag that pins a conversation's part at its first import. */
  readonly pin: string | undefined;
  /** Share of conversations to be sealed at the first split of the project; null: none of the new ones is. */
  readonly sealed: number | null;
};

export type Imported = {
  readonly version: DatasetVersion;
  readonly created: boolean;
  /** What a person should know of the split. */
  readonly remarks: readonly string[];
};

/**
 * Imports examples as a dataset version and places new conversations for ever; all or nothing.
 * @throws ImportError | PinError | InvalidInputError when a pin contradicts a part that was settled before
 */
export async function importExamples(wanted: DatasetImport): Promise<Imported> {
  const { db, project, name, examples, gold, salt } = wanted;
  const { version, created, placed } = await importDataset(db, {
    project,
    name,
    examples,
    gold,
    salt,
    place: (split) => placeRows(wanted, split),
  });
  return { version, created, remarks: remarksOf(placed) };
}
