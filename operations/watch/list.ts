import { z } from 'zod';
import { listWatches as list } from '../../db/cycles/watches.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { watch } from './watch.ts';

const input = z.strictObject(paging);
const output = pageOf(watch);

export const listWatches = {
  name: 'watch.list',
  says: 'Lists the watches of promotions, newest first.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { limit: 20 },
  async run({ db, project }, page) {
    return pageOfRows(await list(db, project), page, ({ cycle }) => cycle);
  },
} as const satisfies Operation<typeof input, typeof output>;
