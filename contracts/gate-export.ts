import { z } from 'zod';
import { gateReport } from './report.ts';
import { gatePolicy } from './spec.ts';

/** One trial of one sealed example: opaque numbers for conversation and example, no id, no text. */
export const gateExportRow = z.strictObject({
  arm: z.enum(['incumbent', 'finalist']),
  cluster: z.int(),
  /** Number of the example within its cluster. */
  example: z.int(),
  trial: z.int(),
  /** The primary metric by its name, `latency_ms` and `cost_usd`; null where not measured. */
  scores: z.record(z.string(), z.number().nullable()),
  failed: z.literal(true).optional(),
  /** Names of the scorers that had nothing to say of the output. */
  notApplicable: z.array(z.string()).optional(),
  /** What people, blind to the arm, said of this output; in first trials of the examples they checked. */
  person: z.number().optional(),
});
export type GateExportRow = z.infer<typeof gateExportRow>;

/** What a gate decided, and all that its numbers can be recomputed from. */
export const gateExport = z.strictObject({
  cycle: z.string(),
  policy: gatePolicy,
  policyHash: z.string(),
  primary: z.string(),
  judge: z.strictObject({ judge: z.string(), lower: z.number().nullable(), labels: z.int() }),
  /** No gate of the database had looked at anything before this one. */
  ledgerStartsHere: z.boolean().optional(),
  /** The inconclusive cycle whose rows are among these. */
  pooled: z.string().optional(),
  report: gateReport,
  rows: z.array(gateExportRow),
});
export type GateExport = z.infer<typeof gateExport>;
