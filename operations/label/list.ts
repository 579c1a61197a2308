import { z } from 'zod';
import { listSessions as list } from '../../db/labels/sessions.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { sessionSummary } from './shapes.ts';

const input = z.strictObject({
  state: z.enum(['open', 'closed']).optional().describe('only those that are'),
  cycle: z.string().min(1).optional().describe('only of a cycle, by `<name>/<n>`'),
  ...paging,
});
const output = pageOf(sessionSummary);

export const listSessions = {
  name: 'label.list',
  says: 'Lists the label sessions, newest first: how many labels each has, and wants.',
  role: 'labeller',
  effect: 'reads',
  input,
  output,
  example: { state: 'open' },
  async run({ db, project }, { state, cycle, ...page }) {
    const sessions = await list(db, {
      project,
      ...(state !== undefined && { state }),
      ...(cycle !== undefined && { cycle }),
    });
    const rows = sessions.map((row) => ({ ...row, questions: [...row.questions] }));
    return pageOfRows(rows, page, ({ id }) => id);
  },
} as const satisfies Operation<typeof input, typeof output>;
