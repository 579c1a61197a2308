import type { Part } from '../../../contracts/part.ts';
import type { PartCount } from '../../../db/data/datasets.ts';
import type { Html } from '../ui/page.ts';
import { dataTable } from '../ui/parts.ts';

/** How much of the data lies in each part. */
export const partsTable = (counts: Readonly<Partial<Record<Part, PartCount>>>): Html =>
  dataTable({
    caption: 'Parts of the data',
    head: ['part', 'conversations', 'rows', 'clusters', 'retired'],
    rows: Object.entries(counts).map(([part, row]) => [
      part,
      row.conversations,
      row.rows,
      row.clusters,
      row.retired,
    ]),
  });
