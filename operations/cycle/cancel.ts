import { z } from 'zod';
import type { Operation } from '../operation.ts';
import { findCycle } from './find.ts';
import { cancelCycle as cancel } from './messages.ts';
import { workflowIdOf } from './reference.ts';
import { cycleReference } from './shapes.ts';

const input = z.strictObject({ cycle: cycleReference });
const output = z.strictObject({ cancelling: z.string() });

export const cancelCycle = {
  name: 'cycle.cancel',
  says: 'Ends a running cycle; it still writes its report.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { cycle: 'telecom/1' },
  audit: (_, { cancelling }) => ({ subject: cancelling }),
  async run(context, { cycle }) {
    return { cancelling: workflowIdOf(await findCycle(context, cycle)) };
  },
  async after({ temporal }, _, made) {
    await cancel({ client: await temporal(), workflowId: made.cancelling });
    return made;
  },
} as const satisfies Operation<typeof input, typeof output>;
