import { z } from 'zod';
import type { JsonObject } from './json.ts';
import { name } from './name.ts';
import { type Value, valueType } from './value.ts';

export const JUDGE_VARIABLES = [
  'inputs',
  'outputs',
  'expectations',
  'trace',
  'conversation',
] as const;

/** Of the model calls of a judge; part of its version. */
export const judgeParameters = z
  .strictObject({
    temperature: z.number().min(0).max(2).optional(),
    max_tokens: z.int().positive().optional(),
  })
  .default({});

/** Rules in plain words. */
export const rules = z.array(z.string().min(1)).min(1).max(100);

/** What a judge file holds; with its memory it makes a judge version. */
export const judgeDefinition = z.strictObject({
  kind: z.literal('judge').optional(),
  name,
  /** Text over {{inputs}} {{outputs}} {{expectations}} {{trace}} {{conversation}}. */
  instructions: z.string().min(1),
  value: valueType,
  notApplicable: z.boolean().default(false),
  /** Every case is measured by them. */
  guidelines: rules.optional(),
  /** Rules of one example, in `expectations.guidelines`, are added to these. */
  exampleGuidelines: z.literal(true).optional(),
  /** Set: the judge reads the trace with tools, within these bounds; else {{trace}} shows it a view of bounded length. */
  trace: z
    .strictObject({
      /** Replies of the model in which it may ask for spans. */
      steps: z.int().min(1).max(50).default(12),
      /** Tokens of what it is given to read, by estimate. */
      tokens: z.int().min(500).max(200_000).default(20_000),
    })
    .optional(),
  /** Model name; absent: the model of the role `judge`. */
  model: z.string().min(1).optional(),
  parameters: judgeParameters,
});
export type JudgeDefinition = z.infer<typeof judgeDefinition>;

/** A past verdict of people, copied whole into the judge version that uses it. */
export type Snapshot = {
  /** Hash of fields and value. */
  readonly id: string;
  /** `<example id>#<output hash>`: what was judged, never a generated id. */
  readonly item: string;
  readonly conversation: string;
  /** The fields the judge's template uses, such as inputs and outputs. */
  readonly fields: JsonObject;
  readonly value: Value;
  readonly rationales: readonly { readonly rater: string; readonly text: string }[];
  /** What it rests on: part of no hash, as ids are drawn anew in every database. Absent in versions made before it was kept. */
  readonly labels?: readonly SnapshotLabel[];
};

/** A label that a snapshot was made from, as it stood then; of raters that were overruled too. */
export type SnapshotLabel = {
  /** Empty for one read from a file that was not recorded. */
  readonly id: string;
  readonly item: string;
  readonly trace: string | null;
  readonly rater: string;
  readonly value: Value;
};

export type Guideline = {
  /** Hash of the text. */
  readonly id: string;
  readonly text: string;
  /** Ids of the snapshots the rule rests on; never empty. */
  readonly sources: readonly string[];
};

export type JudgeMemory = {
  readonly guidelines: readonly Guideline[];
  readonly snapshots: readonly Snapshot[];
  readonly embedding: { readonly model: string; readonly dimension: number };
  /** Base64 of little-endian float32, unit length, by snapshot id. */
  readonly vectors: Readonly<Record<string, string>>;
  /** Nearest snapshots shown with a verdict (k). */
  readonly shown: number;
};
