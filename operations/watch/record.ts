import { z } from 'zod';
import { refuse } from '../../contracts/invalid-input.ts';
import { trafficLine } from '../../contracts/watch.ts';
import { cycleKey } from '../../db/cycles/cycles.ts';
import { getWatch, listObservations, recordObservations } from '../../db/cycles/watches.ts';
import { weightedDifference } from '../../domain/promote/watch.ts';
import { findCycle } from '../cycle/find.ts';
import { cycleReference, nameOf } from '../cycle/shapes.ts';
import type { Operation } from '../operation.ts';
import { idOf, ring } from './watch.ts';

const input = z.strictObject({
  cycle: cycleReference,
  lines: z.array(trafficLine).min(1).describe('scores of randomized traffic, one a conversation'),
});
const output = z.strictObject({
  recorded: z.int(),
  known: z.int().describe('observations in all'),
});
type Made = z.infer<typeof output> & {
  readonly ref: { readonly project: string; readonly cycle: string; readonly number: number };
};

export const recordTraffic = {
  name: 'watch.record',
  says: 'Records scores of randomized traffic for the watch of a promotion, one a conversation.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: {
    cycle: 'telecom/1',
    lines: [{ conversation: 'live-1', arm: 'promoted', chance: 0.5, score: 1 }],
  },
  audit: (_, { ref, recorded }) => ({ subject: idOf(ref), detail: { recorded } }),
  async run(context, { cycle: reference, lines }) {
    const { db } = context;
    const cycle = await findCycle(context, reference);
    const { policy, state } = await getWatch(db, cycle);
    if (state === 'ended')
      refuse(`watch of ${cycleKey(cycle)}`, 'has ended; it takes no observation any more');
    const observations = lines.map(({ conversation, arm, chance, score }) => {
      const { d, scale } = weightedDifference({ score, chance, isNew: arm === 'promoted' });
      const tolerance = policy.tolerance / scale;
      return { conversation, kind: 'traffic' as const, difference: d, tolerance };
    });
    const recorded = await recordObservations(db, cycle, observations);
    const known = (await listObservations(db, cycle)).length;
    return { recorded, known, ref: nameOf(cycle) };
  },
  async after({ temporal }, _, { ref, ...answer }) {
    await ring(await temporal(), ref);
    return answer;
  },
} as const satisfies Operation<typeof input, typeof output, Made>;
