import { z } from 'zod';
import { name } from '../../contracts/name.ts';
import { listJudges as list } from '../../db/versions/judges.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { summary, summaryOf } from './shapes.ts';

const input = z.strictObject({
  name: name.optional().describe('only versions of this judge'),
  ...paging,
});
const output = pageOf(summary);

export const listJudges = {
  name: 'judge.list',
  says: 'Lists the judges and their versions.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { limit: 20 },
  async run({ db, project }, { name: of, ...page }) {
    const judges = await list(db, { project, ...(of !== undefined && { name: of }) });
    return pageOfRows(judges.map(summaryOf), page, ({ id }) => id);
  },
} as const satisfies Operation<typeof input, typeof output>;
