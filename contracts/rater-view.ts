import { z } from 'zod';
import { jsonObject, jsonValue } from './json.ts';
import { sessionQuestion } from './session.ts';
import { value } from './value.ts';

/** A step of the agent as a rater sees it: what it did and how long it took, never an attribute, which may hold a score. */
export const spanView = z.strictObject({
  id: z.string(),
  /** Steps above it. */
  depth: z.int(),
  name: z.string(),
  kind: z.string(),
  status: z.enum(['OK', 'ERROR']),
  /** Milliseconds after the trace began. */
  start: z.number(),
  ms: z.number(),
});
export type SpanView = z.infer<typeof spanView>;

export const spanContent = z.strictObject({
  inputs: jsonValue,
  outputs: jsonValue,
  message: z.string().nullable(),
});
export type SpanContent = z.infer<typeof spanContent>;

/** One item of a session as its rater sees it, with their own answer and nobody else's. */
export const raterItem = z.strictObject({
  ordinal: z.int(),
  inputs: jsonObject,
  outputs: jsonObject,
  spans: z.array(spanView),
  label: z
    .strictObject({
      value,
      rationale: z.string().nullable(),
      extras: z.record(z.string(), z.string()).nullable(),
    })
    .nullable(),
  skip: z.string().nullable(),
});
export type RaterItem = z.infer<typeof raterItem>;

/** How a question is answered: one of few choices, or a number or text. Scores of choices are not told. */
export const answerForm = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('choices'),
    choices: z.array(z.strictObject({ value, text: z.string() })),
  }),
  z.strictObject({
    kind: z.literal('number'),
    min: z.number(),
    max: z.number(),
    whole: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('text') }),
]);
export type AnswerForm = z.infer<typeof answerForm>;

/** What a rater's page starts from. */
export const raterView = z.strictObject({
  rater: z.string(),
  judge: z.string(),
  /** The judge's instructions, its variables named in words. */
  question: z.string(),
  form: answerForm,
  questions: z.array(sessionQuestion),
  state: z.enum(['open', 'closed']),
  deadline: z.string().nullable(),
  /** One letter an item, in order: `.` open, `l` labelled, `s` skipped; the rater's own. */
  answers: z.string(),
});
export type RaterView = z.infer<typeof raterView>;

const ahead = z.array(z.int().nonnegative()).max(20).default([]);

/** PUT /api/rater/items/:ordinal */
export const answerBody = z.strictObject({
  answer: z
    .union([
      z.strictObject({
        value,
        rationale: z.string().max(100_000).optional(),
        extras: z.record(z.string().min(1).max(100), z.string().max(100_000)).optional(),
      }),
      z.strictObject({ skip: z.string().min(1).max(10_000) }),
    ])
    .nullable(),
  /** Items to send back with the answer, so that going on takes no request. */
  ahead,
});

export const answered = z.strictObject({ late: z.boolean(), items: z.array(raterItem) });
