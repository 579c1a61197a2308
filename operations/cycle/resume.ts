import { z } from 'zod';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import type { Operation } from '../operation.ts';
import { beginCycle } from './begin.ts';
import { findCycle } from './find.ts';
import { workflowIdOf } from './reference.ts';
import { cycleReference, started, startedOf } from './shapes.ts';

const input = z.strictObject({ cycle: cycleReference.optional() });

export const resumeCycle = {
  name: 'cycle.resume',
  says: 'Starts a failed cycle again, or the latest: it goes on from what is stored.',
  role: 'editor',
  effect: 'spends',
  input,
  output: started,
  example: { cycle: 'telecom/1' },
  audit: (_, { id }) => ({ subject: id }),
  async run(context, { cycle: reference }) {
    const found = await findCycle(context, reference);
    if (found.state !== 'ended') return startedOf(found);
    const message = `it ended as ${found.outcome ?? 'refused'}, and nothing is left to go on with`;
    throw new InvalidInputError([{ at: workflowIdOf(found), message }], START_NEXT);
  },
  async after({ db, temporal }, _, made) {
    await beginCycle({ client: await temporal(), cycle: await getCycle(db, made) });
    return made;
  },
} as const satisfies Operation<typeof input, typeof started>;

const START_NEXT = 'The next cycle is started with: npx attune cycle start <spec>';
