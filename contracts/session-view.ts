import { z } from 'zod';
import { jsonObject } from './json.ts';
import { valueType } from './value.ts';

/** One output as a person who labels sees it: no score, no label of another rater. */
export const itemView = z.strictObject({
  ordinal: z.int(),
  trace_id: z.string(),
  row_id: z.string(),
  output_hash: z.string(),
  inputs: jsonObject,
  outputs: jsonObject,
});
export type ItemView = z.infer<typeof itemView>;

/** A label session over HTTP: the question, and how far the labels have come. */
export const sessionView = z.strictObject({
  id: z.string(),
  cycle: z.string().nullable(),
  round: z.int(),
  state: z.enum(['open', 'closed']),
  /** Name of the judge: the `name` of every label. */
  judge: z.string(),
  instructions: z.string(),
  value: valueType,
  raters_per_item: z.int(),
  minimum: z.int(),
  target: z.int(),
  deadline: z.string().nullable(),
  items: z.int(),
  labels: z.int(),
});
export type SessionView = z.infer<typeof sessionView>;

/** What became of one label that was posted. */
export const labelAnswer = z.strictObject({
  id: z.string(),
  trace_id: z.string(),
  row_id: z.string(),
  output_hash: z.string(),
  rater: z.string(),
  /** `unchanged`: the same label was there already; `superseded`: it replaced another of this rater. */
  state: z.enum(['created', 'superseded', 'unchanged']),
  late: z.boolean(),
});
export type LabelAnswer = z.infer<typeof labelAnswer>;

export const labelsAnswer = z.strictObject({ labels: z.array(labelAnswer) });
export const sessionsAnswer = z.strictObject({ sessions: z.array(sessionView) });
export const itemsAnswer = z.strictObject({ items: z.array(itemView) });
export const refusal = z.object({
  error: z.object({ kind: z.string(), message: z.string(), at: z.string().nullable() }),
});
