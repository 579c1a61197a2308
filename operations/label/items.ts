import { z } from 'zod';
import { itemView } from '../../contracts/session-view.ts';
import { listItemContents } from '../../db/labels/items.ts';
import { getSession } from '../../db/labels/sessions.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { sessionId } from './shapes.ts';

const input = z.strictObject({
  session: sessionId,
  rater: z.string().min(1).optional().describe('only items that this rater has not labelled'),
  ...paging,
});
const output = pageOf(itemView);

export const listItems = {
  name: 'label.items',
  says: 'Lists what a label session asks about: inputs and outputs, no score and no label of others.',
  role: 'labeller',
  effect: 'reads',
  input,
  output,
  example: { session: 'demo/1/1', rater: 'ana' },
  async run({ db, project }, { session, rater: unlabelledBy = null, ...page }) {
    await getSession(db, { project, session });
    const found = await listItemContents(db, { project, session, unlabelledBy });
    const { items, next } = pageOfRows(found, page, ({ ordinal }) => String(ordinal));
    return {
      next,
      items: items.map((item) => ({
        ordinal: item.ordinal,
        trace_id: item.traceId,
        row_id: item.example,
        output_hash: item.outputHash,
        inputs: item.inputs,
        outputs: item.outputs,
      })),
    };
  },
} as const satisfies Operation<typeof input, typeof output>;
