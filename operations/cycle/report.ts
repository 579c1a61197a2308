import { z } from 'zod';
import { type CycleReport, cycleReport } from '../../contracts/report.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { getReport } from '../../db/cycles/reports.ts';
import { NotFoundError } from '../../db/errors.ts';
import { aliasHistory } from '../../db/versions/aliases.ts';
import type { Operation } from '../operation.ts';
import { findCycle } from './find.ts';
import { workflowIdOf } from './reference.ts';
import { cycleReference } from './shapes.ts';

const input = z.strictObject({ cycle: cycleReference.optional() });

export const reportCycle = {
  name: 'cycle.report',
  says: "Shows a cycle's report: verdict, intervals, judge, prompt diff and spend.",
  role: 'viewer',
  effect: 'reads',
  input,
  output: cycleReport,
  example: { cycle: 'telecom/1' },
  async run(context, { cycle: reference }) {
    const cycle = await findCycle(context, reference);
    const report = await readReport(context.db, cycle);
    if (report !== null) return report;
    throw new NotFoundError('report of', reference ?? workflowIdOf(cycle), whyNone(cycle));
  },
} as const satisfies Operation<typeof input, typeof cycleReport>;

/** Why there is no report, and what to do next. */
function whyNone(cycle: Cycle): string {
  const { state, note } = cycle;
  const id = workflowIdOf(cycle);
  if (state === 'running')
    return `it writes it when it ends; until then: npx attune cycle show ${id}`;
  if (state === 'failed')
    return `it has none, because it failed: ${note ?? 'no reason is stored'}. ${goOn(id)}`;
  return `it has none: ${note ?? 'it ended without one'}. The next is started with: npx attune cycle start <spec>`;
}

/** The commands after a failure. */
export const goOn = (id: string): string =>
  `When that is mended it goes on from what is stored with: npx attune cycle resume ${id}; another spec needs the next cycle: npx attune cycle start <spec>`;

/** The report of a cycle with what its aliases did up to now; null while there is none. */
export async function readReport(db: Db, cycle: Cycle): Promise<CycleReport | null> {
  const report = await getReport(db, cycle);
  return report && { ...report, moves: await movesOf(db, cycle) };
}

/** A move by hand after the cycle's end shows in its report too. */
async function movesOf(
  db: Db,
  { project, spec, incumbent }: Cycle,
): Promise<NonNullable<CycleReport['moves']>> {
  const histories = Object.keys(incumbent).map((prompt) =>
    aliasHistory(db, { project, prompt, alias: spec.alias }),
  );
  return (await Promise.all(histories)).flat();
}
