import { z } from 'zod';
import { type JudgeDefinition, type JudgeMemory, judgeParameters } from './judge.ts';
import { name } from './name.ts';
import { spanKind } from './trace.ts';
import { valueType } from './value.ts';

/** A function of `attune.config.ts`, told to the database by the worker that loaded it. */
export const codeScorer = z.strictObject({
  kind: z.literal('code'),
  name,
  /** Hash of the scorer's files, or its declared version. */
  fingerprint: z.string().min(1),
  value: valueType,
});
export type CodeScorer = z.infer<typeof codeScorer>;

/** How a figure becomes a score: full marks up to a bound, or falling in a line from `best` to `worst`. */
export const figureScore = z.union([
  z.strictObject({ most: z.number().nonnegative() }),
  z
    .strictObject({ best: z.number(), worst: z.number() })
    .refine(({ best, worst }) => best !== worst, { message: 'best and worst must differ' }),
]);
export type FigureScore = z.infer<typeof figureScore>;

/** A figure of a trace: no model is asked. */
export const spanScorer = z.strictObject({
  kind: z.literal('spans'),
  name,
  measure: z.enum(['count', 'errors', 'latency_ms', 'tokens']),
  /** Kind of the spans measured; `any` for all. */
  of: z.union([spanKind, z.literal('any')]).default('tool'),
  /** Names of the spans measured; default all of the kind. */
  names: z.array(z.string().min(1)).min(1).optional(),
  score: figureScore,
});
export type SpanScorer = z.infer<typeof spanScorer>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i').source !== '';
  } catch {
    return false;
  }
}

export const USAGE_MISTAKES = ['incorrect', 'failed', 'missing'] as const;

/** Were the tools (or retrievers) used that were needed, and no others? A judge says which were; the spans say what was used. */
export const usageScorer = z.strictObject({
  kind: z.enum(['tool-usage', 'retriever-usage']),
  name,
  /** Name of each tool, with what it is for. Default: those that the trace offers or uses. */
  tools: z.record(z.string().min(1), z.string()).optional(),
  /** Mistakes that count. */
  mistakes: z
    .array(z.enum(USAGE_MISTAKES))
    .min(1)
    .default([...USAGE_MISTAKES]),
  /** Mistakes that are let pass. */
  tolerated: z.int().nonnegative().default(0),
  /** What a call that worked is: its span has the status OK and, where given, its outputs do not match `unless`. */
  success: z
    .strictObject({
      status: z.boolean().default(true),
      /** Regular expression over the JSON of the outputs, without regard to case. */
      unless: z
        .string()
        .min(1)
        .refine(isPattern, { message: 'is no regular expression' })
        .optional(),
    })
    .prefault({}),
  /** What else the judge should know, such as when a tool is allowed. */
  instructions: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  parameters: judgeParameters,
});
export type UsageScorer = z.infer<typeof usageScorer>;

/** Anything that assesses. Equal definition (and memory), equal version. */
export type ScorerDefinition = JudgeDefinition | CodeScorer | SpanScorer | UsageScorer;
export type ScorerKind = NonNullable<ScorerDefinition['kind']>;

export type ScorerVersion<D extends ScorerDefinition = ScorerDefinition> = {
  /** `name@number`. */
  readonly id: string;
  readonly name: string;
  readonly number: number;
  /** Hash of definition, model and memory: equal hash, equal scorer. */
  readonly hash: string;
  readonly definition: D;
  /** Of judges alone. */
  readonly memory: JudgeMemory | null;
};
export type JudgeVersion = ScorerVersion<JudgeDefinition>;

export const kindOf = (definition: ScorerDefinition): ScorerKind => definition.kind ?? 'judge';

export const isJudge = (version: ScorerVersion): version is JudgeVersion =>
  kindOf(version.definition) === 'judge';

/** Why nobody labels with a scorer that is no judge, and what to do instead. */
export function whyNotLabelled(of: Pick<ScorerVersion, 'name' | 'definition'>): string {
  const kind = kindOf(of.definition);
  const instead = kind === 'tool-usage' ? ', such as the built-in `tool-call-correctness`' : '';
  return `\`${of.name}\` is a scorer of the kind ${kind}, which is no question to people: it is not labelled and not aligned. Name it under \`scorers\` (it may be the \`primary\` metric there), and label a judge${instead}`;
}

/** Where an assessment of this scorer comes from: `judge:tone@2`, `code:length@1`. */
export const sourceOf = ({ id, definition }: ScorerVersion): string =>
  `${kindOf(definition)}:${id}`;

/** The name in an id such as `tone@2`. */
export const nameOfVersion = (id: string): string => id.split('@')[0] ?? id;
