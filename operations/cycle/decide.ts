import { z } from 'zod';
import type { Context, Operation } from '../operation.ts';
import { findCycle } from './find.ts';
import { decide } from './messages.ts';
import { workflowIdOf } from './reference.ts';
import { cycleReference } from './shapes.ts';

const LONGEST = 2000;

const input = z.strictObject({
  cycle: cycleReference,
  why: z.string().trim().min(1).max(LONGEST).describe('the reason, kept in the history'),
});
const output = z.strictObject({ cycle: z.string(), approved: z.boolean() });
type Input = z.output<typeof input>;
type Made = { readonly workflowId: string };

const common = {
  role: 'approver',
  effect: 'moves-production',
  input,
  output,
  example: { cycle: 'telecom/1', why: 'the report is convincing' },
  // The workflow writes it, once it has taken the word.
  audit: 'within',
  run: async (context: Context, { cycle }: Input): Promise<Made> => ({
    workflowId: workflowIdOf(await findCycle(context, cycle)),
  }),
} as const;

const tell =
  (approved: boolean) =>
  async ({ temporal, who }: Context, { why }: Input, { workflowId }: Made) => {
    await decide({ client: await temporal(), workflowId }, { approved, who, why });
    return { cycle: workflowId, approved };
  };

export const approveCycle = {
  ...common,
  name: 'cycle.approve',
  says: 'Lets a promotion happen that the gate allowed.',
  after: tell(true),
} as const satisfies Operation<typeof input, typeof output, Made>;

export const rejectCycle = {
  ...common,
  name: 'cycle.reject',
  says: 'Vetoes a promotion that the gate allowed.',
  after: tell(false),
} as const satisfies Operation<typeof input, typeof output, Made>;
