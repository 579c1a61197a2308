import { z } from 'zod';
import { name } from '../../contracts/name.ts';
import { listCycles as list } from '../../db/cycles/cycles.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { summary, summaryOf } from './shapes.ts';

const input = z.strictObject({
  name: name.optional().describe('only cycles of this name'),
  ...paging,
});
const output = pageOf(summary);

export const listCycles = {
  name: 'cycle.list',
  says: 'Lists the cycles, newest first.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { name: 'telecom' },
  async run({ db, project }, { name: cycle, ...page }) {
    const cycles = await list(db, { project, ...(cycle !== undefined && { cycle }) });
    return pageOfRows(cycles.map(summaryOf), page, ({ id }) => id);
  },
} as const satisfies Operation<typeof input, typeof output>;
