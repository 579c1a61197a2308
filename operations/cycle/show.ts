import { z } from 'zod';
import { cycleSpec } from '../../contracts/spec.ts';
import { phaseReport } from '../../contracts/report.ts';
import { listPhases } from '../../db/cycles/phases.ts';
import { findWatch } from '../../db/cycles/watches.ts';
import { listSessions } from '../../db/labels/sessions.ts';
import type { Operation } from '../operation.ts';
import { findCycle } from './find.ts';
import { cycleReference, summary, summaryOf } from './shapes.ts';

const input = z.strictObject({ cycle: cycleReference.optional() });
const output = summary.extend({
  baseJudge: z.string(),
  spec: cycleSpec,
  phases: z.array(phaseReport),
  sessions: z
    .array(
      z.strictObject({
        id: z.string(),
        state: z.enum(['open', 'closed']),
        items: z.int(),
        labels: z.int(),
        minimum: z.int(),
        target: z.int(),
      }),
    )
    .describe('of people who label for it, oldest first'),
  watch: z.looseObject({ state: z.string() }).nullable().describe('of its promotion'),
});

export const showCycle = {
  name: 'cycle.show',
  says: 'Shows one cycle, or the latest: versions, phases and what each came to.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { cycle: 'telecom/1' },
  async run(context, { cycle: reference }) {
    const { db } = context;
    const cycle = await findCycle(context, reference);
    const of = { project: cycle.project, cycle: cycle.key };
    const sessions = await listSessions(db, of);
    return {
      ...summaryOf(cycle),
      baseJudge: cycle.baseJudge,
      spec: cycle.spec,
      phases: [...(await listPhases(db, cycle))],
      sessions: sessions.toReversed().map(({ id, state, items, labels, minimum, target }) => ({
        id,
        state,
        items,
        labels,
        minimum,
        target,
      })),
      watch: await findWatch(db, cycle),
    };
  },
} as const satisfies Operation<typeof input, typeof output>;
