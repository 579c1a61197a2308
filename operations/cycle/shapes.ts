import { z } from 'zod';
import { name } from '../../contracts/name.ts';
import { PHASES } from '../../contracts/progress.ts';
import { outcome, verdict } from '../../contracts/report.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { workflowIdOf } from './reference.ts';

export const cycleReference = z
  .string()
  .min(1)
  .describe('id, `<name>/<n>`, or `<name>` for the latest of that name');

export const started = z.strictObject({
  id: z.string().describe('its workflow id: cycle/<project>/<name>/<n>'),
  project: name,
  cycle: name,
  number: z.int(),
});

export const nameOf = ({ project, cycle, number }: Cycle) => ({ project, cycle, number });
export const startedOf = (cycle: Cycle): z.infer<typeof started> => ({
  id: workflowIdOf(cycle),
  ...nameOf(cycle),
});

export const summary = z.strictObject({
  id: z.string(),
  cycle: z.string(),
  number: z.int(),
  state: z.enum(['running', 'ended', 'failed']),
  phase: z.enum(PHASES).nullable(),
  outcome: outcome.nullable(),
  verdict: verdict.nullable(),
  note: z.string().nullable(),
  dataset: z.string(),
  judge: z.string(),
  incumbent: z.record(z.string(), z.int()).describe('version number by prompt'),
  finalist: z.record(z.string(), z.int()).nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type Summary = z.infer<typeof summary>;

export const summaryOf = (cycle: Cycle): Summary => ({
  id: workflowIdOf(cycle),
  cycle: cycle.cycle,
  number: cycle.number,
  state: cycle.state,
  phase: cycle.phase,
  outcome: cycle.outcome,
  verdict: cycle.verdict,
  note: cycle.note,
  dataset: cycle.datasetVersion,
  judge: cycle.judge,
  incumbent: cycle.incumbent,
  finalist: cycle.finalist,
  createdAt: cycle.createdAt,
  endedAt: cycle.endedAt,
});
