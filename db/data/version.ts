import type { Selectable } from 'kysely';
import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Database } from '../tables.ts';

export const versionOf = (row: Selectable<Database['dataset_version']>): DatasetVersion => ({
  id: row.id,
  name: row.dataset,
  number: row.number,
  hash: row.hash,
  size: row.size,
  conversations: row.conversations,
});
