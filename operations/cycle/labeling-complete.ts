import { z } from 'zod';
import type { Operation } from '../operation.ts';
import { findCycle } from './find.ts';
import { signalComplete, updateComplete } from './messages.ts';
import { workflowIdOf } from './reference.ts';
import { cycleReference } from './shapes.ts';

const input = z.strictObject({
  cycle: cycleReference,
  wait: z.boolean().default(false).describe('wait for the answer'),
  session: z.string().optional().describe('only if this label session is the open one'),
});
const output = z.union([
  z.strictObject({ signalled: z.string() }),
  z.strictObject({
    accepted: z.boolean().describe('false where the labels are too few'),
    have: z.int(),
    need: z.int(),
    why: z.string(),
  }),
]);
type Made = { readonly workflowId: string };

export const completeLabeling = {
  name: 'cycle.labeling-complete',
  says: 'Says that people are done: the cycle recounts the labels and goes on when they are enough.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { cycle: 'telecom/1', wait: true },
  audit: (_, { workflowId }) => ({ subject: workflowId }),
  async run(context, { cycle }) {
    return { workflowId: workflowIdOf(await findCycle(context, cycle)) };
  },
  async after({ temporal }, { wait, session }, { workflowId }) {
    const client = await temporal();
    if (wait) return updateComplete({ client, workflowId, session });
    await signalComplete({ client, workflowId, session });
    return { signalled: workflowId };
  },
} as const satisfies Operation<typeof input, typeof output, Made>;
