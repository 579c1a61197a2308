import { z } from 'zod';
import { findCycle } from '../cycle/find.ts';
import { cycleReference, nameOf } from '../cycle/shapes.ts';
import type { Operation } from '../operation.ts';
import { cancel, idOf } from './watch.ts';

const input = z.strictObject({ cycle: cycleReference });
const output = z.strictObject({ stopping: z.string() });
type Made = {
  readonly ref: { readonly project: string; readonly cycle: string; readonly number: number };
};

export const stopWatch = {
  name: 'watch.stop',
  says: 'Ends the watch of a promotion; the alias stays where it is.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { cycle: 'telecom/1' },
  audit: (_, { ref }) => ({ subject: idOf(ref) }),
  async run(context, { cycle }) {
    return { ref: nameOf(await findCycle(context, cycle)) };
  },
  async after({ temporal }, _, { ref }) {
    await cancel(await temporal(), ref);
    return { stopping: idOf(ref) };
  },
} as const satisfies Operation<typeof input, typeof output, Made>;
