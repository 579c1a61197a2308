import { z } from 'zod';
import { findCycle } from '../cycle/find.ts';
import { cycleReference } from '../cycle/shapes.ts';
import type { Operation } from '../operation.ts';
import { watchFigures, watchOf } from './watch.ts';

const input = z.strictObject({ cycle: cycleReference.optional() });

export const showWatch = {
  name: 'watch.show',
  says: 'Shows the watch of a promotion: observations, evidence and outcome.',
  role: 'viewer',
  effect: 'reads',
  input,
  output: watchFigures,
  example: { cycle: 'telecom/1' },
  async run(context, { cycle }) {
    return watchOf(context.db, await findCycle(context, cycle));
  },
} as const satisfies Operation<typeof input, typeof watchFigures>;
