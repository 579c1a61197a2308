import { z } from 'zod';
import { labelLine, raterName } from '../../contracts/label.ts';
import { sessionQuestion } from '../../contracts/session.ts';
import { value } from '../../contracts/value.ts';
import type { RecordedLabel } from '../../db/labels/labels.ts';
import type { LabelAnswer } from '../../contracts/session-view.ts';

export const sessionId = z.string().min(1).describe('id of a label session');
export const rater = raterName.describe('name of the rater');

export const session = z.strictObject({
  id: z.string(),
  project: z.string(),
  cycle: z.string().nullable(),
  kind: z.enum(['round', 'check']),
  round: z.int(),
  judge: z.string(),
  judgeVersion: z.string(),
  ratersPerItem: z.int(),
  minimum: z.int(),
  target: z.int(),
  deadline: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  endedBy: z.enum(['signal', 'target', 'deadline', 'cycle', 'owner']).nullable(),
  questions: z.array(sessionQuestion),
});
export const sessionSummary = session.extend({ items: z.int(), labels: z.int() });

export const label = z.strictObject({
  id: z.string(),
  name: z.string(),
  rater: z.string(),
  traceId: z.string(),
  example: z.string(),
  outputHash: z.string(),
  value,
  rationale: z.string().nullable(),
  session: z.string().nullable(),
  late: z.boolean(),
  withdrawn: z.boolean(),
  extras: z.record(z.string(), z.string()).nullable(),
  createdAt: z.string(),
});

export const lines = z.array(labelLine).min(1).describe('labels; all are recorded or none');

export const answerOf = ({ label: made, state }: RecordedLabel): LabelAnswer => ({
  id: made.id,
  trace_id: made.traceId,
  row_id: made.example,
  output_hash: made.outputHash,
  rater: made.rater,
  state,
  late: made.late,
});
