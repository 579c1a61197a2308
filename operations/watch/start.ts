import { z } from 'zod';
import { refuse } from '../../contracts/invalid-input.ts';
import { watchPolicy } from '../../contracts/watch.ts';
import { cycleKey, getCycle } from '../../db/cycles/cycles.ts';
import { getWatch, openWatch } from '../../db/cycles/watches.ts';
import { standsAt } from '../../db/versions/aliases.ts';
import { findCycle } from '../cycle/find.ts';
import { nameOf, cycleReference } from '../cycle/shapes.ts';
import type { Operation } from '../operation.ts';
import { startWorkflow } from '../workflows.ts';
import { idOf } from './watch.ts';

const { dataset, tolerance, alpha, window, most, batch, every } = watchPolicy.shape;

const input = z.strictObject({
  cycle: cycleReference.optional(),
  dataset: dataset.describe("whose fresh conversations; default the cycle's"),
  tolerance: tolerance
    .unwrap()
    .optional()
    .describe('how much worse the new prompt may be; default 0.05'),
  alpha: alpha
    .unwrap()
    .optional()
    .describe('chance of rolling back one that is not worse; default 0.05'),
  window: window.unwrap().optional().describe('how long; default 7d'),
  most: most.unwrap().optional().describe('conversations after which it ends; default 500'),
  batch: batch.unwrap().optional().describe('pairs run at once; default 20'),
  every: every.unwrap().optional().describe('how often fresh ones are looked for; default 1m'),
});
const output = z.strictObject({
  watch: z.string().describe('its workflow id'),
  cycle: z.string(),
  policy: watchPolicy,
});
type Made = {
  readonly ref: { readonly project: string; readonly cycle: string; readonly number: number };
};

export const startWatch = {
  name: 'watch.start',
  says: 'Watches a promotion: runs fresh conversations under both prompts, and rolls back what is worse.',
  role: 'editor',
  effect: 'spends',
  input,
  output,
  example: { cycle: 'telecom/1', tolerance: 0.05 },
  audit: (_, { ref }) => ({ subject: idOf(ref) }),
  async run(context, { cycle: reference, ...given }) {
    const { db } = context;
    const cycle = await findCycle(context, reference);
    const { project, finalist, outcome, spec } = cycle;
    if (outcome !== 'promoted' || finalist === null)
      refuse(cycleKey(cycle), 'promoted nothing: there is nothing to watch');
    for (const [prompt, number] of Object.entries(finalist)) {
      const at = await standsAt(db, { project, prompt, alias: spec.alias });
      if (at !== number)
        refuse(
          `${prompt}@${spec.alias}`,
          `stands at version ${at}, not at ${number} of ${cycleKey(cycle)}: there is nothing to watch`,
        );
    }
    const wanted = Object.entries(given).filter(([, value]) => value !== undefined);
    const policy = watchPolicy.parse({ ...spec.watch, ...Object.fromEntries(wanted) });
    const watch = await openWatch(db, cycle, policy);
    if (watch.state === 'ended') refuse(`watch of ${cycleKey(cycle)}`, `has ended: ${watch.why}`);
    return { ref: nameOf(cycle) };
  },
  async after({ db, temporal }, _, { ref }) {
    const cycle = await getCycle(db, ref);
    const { policy, state } = await getWatch(db, ref);
    await startWorkflow(await temporal(), {
      type: 'watchWorkflow',
      id: idOf(ref),
      args: [{ ref, turn: 0 }],
      failed: state === 'failed',
      summary: `watch of ${cycleKey(cycle)}`,
    });
    return { watch: idOf(ref), cycle: cycleKey(cycle), policy };
  },
} as const satisfies Operation<typeof input, typeof output, Made>;
