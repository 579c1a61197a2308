import { z } from 'zod';
import type { Reply } from '../engine.ts';
import type { Entry } from './entry.ts';
import type { Components } from './merge.ts';

/** Hash of a candidate's components and their text hashes. */
export type CandidateId = string;

export type EvaluateAsk = {
  /** Readable and stable: `<iteration>.<stage>.<n>`. */
  readonly id: string;
  readonly kind: 'evaluate';
  readonly iteration: number;
  readonly candidate: CandidateId;
  /** Text hash of each component. */
  readonly components: Components;
  readonly exampleIds: readonly string[];
  /** Whether the spans are needed, for reflection. */
  readonly traces: boolean;
  readonly part: 'train' | 'validation';
};

export type ReflectAsk = {
  readonly id: string;
  readonly kind: 'reflect';
  readonly iteration: number;
  readonly candidate: CandidateId;
  readonly components: Components;
  /** The component to rewrite. */
  readonly component: string;
  /** The scored examples of the minibatch; their results were answered before this ask. */
  readonly exampleIds: readonly string[];
  /** Counts reflections of the run from 1; a re-ask keeps it. */
  readonly proposal: number;
  readonly attempt: 1 | 2;
  /** What was wrong with the first attempt. */
  readonly complaint?: Violation;
};

export type OptimizeAsk = EvaluateAsk | ReflectAsk;

/** Why a proposed text may not be tested; `detail` is written for the reflection model. */
export type Violation = { readonly kind: string; readonly detail: string };

export type Outcome =
  | { readonly score: number; readonly objectives?: Readonly<Record<string, number>> }
  | { readonly unscored: string };

export type EvaluateAnswer = Readonly<Record<string, Outcome>>;

export type ReflectAnswer =
  { readonly textHash: string; readonly length: number } | { readonly violation: Violation };

/** Raised where a reply does not have the shape its ask wants; `ask` is the ask's id. */
export class OptimizeReplyError extends Error {
  override readonly name = 'OptimizeReplyError';
  readonly kind = 'internal';
  readonly retryable = false;
  readonly ask: string;
  constructor(ask: string, message: string) {
    super(`optimize: reply to ask ${ask}: ${message}`);
    this.ask = ask;
  }
}

// Scores are read loosely: JSON turns NaN into null, and a pair with a bad score is unscored, not an error.
const evaluateAnswer = z.record(
  z.string(),
  z.union([
    z.object({ unscored: z.string() }),
    z.object({ score: z.unknown(), objectives: z.record(z.string(), z.unknown()).optional() }),
  ]),
);

const reflectAnswer = z.union([
  z.object({ textHash: z.string().min(1), length: z.number().int().nonnegative() }),
  z.object({ violation: z.object({ kind: z.string(), detail: z.string() }) }),
]);

export type PairResult = { readonly entry: Entry; readonly reason?: string };

/** The result of each asked example; what is missing or not finite is unscored with its reason. */
export function readEvaluation(
  ask: EvaluateAsk,
  { reply, objectives }: { readonly reply: Reply; readonly objectives: readonly string[] },
): ReadonlyMap<string, PairResult> {
  if ('unscored' in reply)
    return new Map(ask.exampleIds.map((id) => [id, { entry: null, reason: reply.unscored }]));
  const parsed = evaluateAnswer.safeParse(reply.ok);
  if (!parsed.success) throw new OptimizeReplyError(ask.id, z.prettifyError(parsed.error));
  return new Map(ask.exampleIds.map((id) => [id, readOutcome(parsed.data[id], objectives)]));
}

export function readReflection(ask: ReflectAsk, reply: Reply): ReflectAnswer {
  if ('unscored' in reply) return { violation: { kind: 'unscored', detail: reply.unscored } };
  const parsed = reflectAnswer.safeParse(reply.ok);
  if (!parsed.success) throw new OptimizeReplyError(ask.id, z.prettifyError(parsed.error));
  return parsed.data;
}

/** One outcome as an entry, objective scores in the given order. */
export function readOutcome(
  outcome:
    | { readonly unscored: string }
    | {
        readonly score?: unknown;
        readonly objectives?: Readonly<Record<string, unknown>> | undefined;
      }
    | undefined,
  objectives: readonly string[],
): PairResult {
  if (outcome === undefined) return { entry: null, reason: 'no result was returned' };
  if ('unscored' in outcome) return { entry: null, reason: outcome.unscored };
  const score = finite(outcome.score);
  if (score === null) return { entry: null, reason: 'the score is not a finite number' };
  if (objectives.length === 0) return { entry: score };
  return { entry: [score, ...objectives.map((name) => finite(outcome.objectives?.[name]))] };
}

const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
