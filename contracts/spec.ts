import { z } from 'zod';
import { duration } from './duration.ts';
import { name, project } from './name.ts';
import { PAID_PHASES } from './progress.ts';
import { aliasName } from './prompt.ts';
import { judgeEntry, nameOrPath, scorerEntry } from './scorer-entry.ts';
import { nameOfVersion } from './scorer.ts';
import { sessionQuestion } from './session.ts';
import { watchPolicy } from './watch.ts';

const usd = z.number().nonnegative();
const rate = z.number().min(0).max(1);

const limits = z.strictObject({
  usd: usd.optional(),
  tokens: z.int().positive().optional(),
  wall: duration.optional(),
});

/** Limits of the whole cycle and of its phases; each that is set holds. */
export const budget = limits.extend({
  phases: z.partialRecord(z.enum(PAID_PHASES), limits).default({}),
});
export type Budget = z.infer<typeof budget>;

export const guardrail = z
  .strictObject({
    /** `error_rate`, `latency_ms`, `cost_usd`, or the name of a scorer. */
    metric: z.string().min(1),
    /** Which way is good. */
    direction: z.enum(['higher', 'lower']),
    /** Largest tolerated worsening against the incumbent (a share of it for latency and cost). */
    margin: z.number().nonnegative().optional(),
    /** Absolute floor (or ceiling, when lower is better) for the finalist. */
    floor: z.number().optional(),
    /** For a zero-failure floor: the failure rate that may go unseen. */
    tolerated: rate.optional(),
    ifIncumbentBreaks: z.enum(['block', 'no-worse']).default('block'),
  })
  .refine((g) => (g.margin === undefined) !== (g.floor === undefined), {
    message: 'give either margin or floor',
  });
export type Guardrail = z.infer<typeof guardrail>;

/** A simple random subsample of the sealed clusters, labelled by people. */
export const peopleCheckPolicy = z.strictObject({
  clusters: z.int().min(2).default(30),
  raters: z.int().min(1).max(20).default(1),
  deadline: duration.default('7d'),
  /** After how long to remind, each once. */
  reminders: z.array(duration).default([]),
});

export const gatePolicy = z
  .strictObject({
    alpha: z.number().min(0.0001).max(0.5).default(0.05),
    margin: z.number().min(0).max(1).default(0),
    /** Difference worth having, above the margin; for clusters needed and power. Default margin + 0.10. */
    delta: z.number().min(0).max(1).optional(),
    trials: z.int().min(1).max(50).default(3),
    strict: z.boolean().default(false),
    errorRateMargin: rate.default(0.02),
    /** Lower 90 % bound of the judge's kappa with people must exceed it. */
    judgeFloor: z.number().min(-1).max(1).default(0.2),
    guardrails: z.array(guardrail).default([]),
    /** People label both arms' outputs, blind, before any score of the gate is shown. Absent: they are not asked. */
    peopleCheck: peopleCheckPolicy.optional(),
  })
  .refine(({ delta, margin }) => delta === undefined || delta > margin, {
    path: ['delta'],
    message: 'must be above the margin: a difference worth having is more than the one tolerated',
  });
export type GatePolicy = z.infer<typeof gatePolicy>;

export const labelPolicy = z.strictObject({
  raters: z.int().min(1).max(20).default(1),
  minimum: z.int().min(1).default(20),
  /** Labels that end the wait; default all items x raters. */
  target: z.int().min(1).optional(),
  deadline: duration.default('7d'),
  /** After how long to remind, each once. */
  reminders: z.array(duration).default([]),
  /**
   * Items for alignment: `all`, failures with a random share of passes, a random share, or the share on which the judge disagrees with
   * itself most over trials (`uncertain`) or that differs most in its words (`diverse`).
   */
  select: z
    .strictObject({
      policy: z
        .enum(['all', 'failures-and-share', 'random', 'uncertain', 'diverse'])
        .default('all'),
      share: rate.default(1),
    })
    .prefault({}),
  /** When labels are too few at the deadline: another round (`relabel`), on with the base judge, or stop. */
  short: z.enum(['relabel', 'continue', 'stop']).default('stop'),
  /** When raters disagree: Krippendorff's alpha below `alpha`, with enough labels. */
  disagree: z
    .strictObject({
      alpha: z.number().min(-1).max(1),
      policy: z.enum(['relabel', 'continue', 'stop']).default('relabel'),
    })
    .optional(),
  /** Most rounds that `relabel` may open, the first one counted. */
  rounds: z.int().min(1).max(10).default(2),
  /** Further questions of each item. */
  questions: z.array(sessionQuestion).max(10).default([]),
});
export type LabelPolicy = z.infer<typeof labelPolicy>;

export const alignPolicy = z.strictObject({
  /** `memalign`: guidelines and past cases as memory; `gepa`: the optimizer rewrites the instructions. */
  aligner: z.enum(['memalign', 'gepa']).default('memalign'),
  guidelines: z.int().min(0).max(100).default(20),
  shown: z.int().min(0).max(50).default(5),
  /** Of `gepa`: verdicts it may use; default 20 x the labelled items it validates on. */
  budget: z.int().positive().optional(),
  /** Of `gepa`. */
  seed: z.int().nonnegative().default(0),
  /** When the aligned judge is not adopted. */
  notAdopted: z.enum(['continue', 'stop']).default('continue'),
});
export type AlignPolicy = z.infer<typeof alignPolicy>;

export const optimizePolicy = z.strictObject({
  seed: z.int().nonnegative().default(0),
  /** Rollouts; default 20 x |validation|. */
  budget: z.int().positive().optional(),
  minibatch: z.int().min(1).max(100).default(3),
  /** Parents drawn in one iteration; default two where half the proposals pass, more where fewer do. */
  parents: z.int().min(1).max(16).optional(),
  /** Rewrites of each parent. */
  mutations: z.int().min(1).max(16).default(1),
  merge: z.boolean().default(false),
  /** By more than how many standard errors of the paired difference the finalist must lead on validation: a lucky lead costs no look. */
  standardErrors: z.number().min(0).max(10).default(0),
  /** Begins the next iteration while children are validated: less waiting, at some cost in quality. */
  speculate: z.boolean().default(false),
  /** What candidates are kept for: being best on an example, on an objective, or both. */
  frontier: z.enum(['instance', 'objective', 'hybrid', 'cartesian']).default('instance'),
  /** Names of the scorers that are objectives; needed unless the frontier is `instance`. */
  objectives: z.array(z.string().min(1)).default([]),
  /** An earlier search (`<name>/<n>`) whose best candidates are tried first. */
  warmFrom: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*\/[1-9]\d*$/, 'use <name>/<n>, such as telecom/1')
    .optional(),
  maxLength: z.int().positive().default(20_000),
  /** Reflections replaced by the unchanged prompt: shows that the machinery invents no gain. */
  reflection: z.enum(['model', 'unchanged']).default('model'),
});
export type OptimizePolicy = z.infer<typeof optimizePolicy>;

export const splitPolicy = z.strictObject({
  sealed: z.number().min(0.05).max(0.9).default(0.45),
  /** Tag of an example that pins its conversation's part at first import. */
  pin: z.string().optional(),
});

export const evaluateGate = z.strictObject({
  scorer: z.string(),
  min: z.number().min(0).max(1, { error: 'scores go from 0 to 1: write 0.9 for 90 %' }),
  /** Share of assessments that may be missing before the gate is unmeasurable. */
  errors: rate.default(0.05),
});

/** The spec of a cycle (specs/cycle.md, "The spec file"). */
export const cycleSpec = z.strictObject({
  cycle: name,
  project: project.optional(),
  dataset: z.union([
    nameOrPath,
    z.strictObject({
      name,
      path: z.string().optional(),
      conversation: z.string().optional(),
      /** Fields of the file that are named otherwise, by what they are: `{ answer: expectations.answer }`. */
      map: z.record(z.string(), z.string()).optional(),
      ignore: z.array(z.string()).optional(),
    }),
  ]),
  gold: z.strictObject({ file: z.string(), field: z.string(), output: z.string() }).optional(),
  agent: z.union([
    name,
    z.strictObject({
      kind: z.literal('prompt'),
      name,
      prompt: name,
      timeout: duration.default('60s'),
    }),
  ]),
  /** Prompts to optimize: name of the prompt -> its first text (a path) or null when registered already. */
  prompts: z.record(name, z.union([z.string(), z.null()])),
  alias: aliasName.default('production'),
  judge: judgeEntry,
  /** What assesses every run beside the judge. */
  scorers: z.array(scorerEntry).default([]),
  /** Name of the scorer whose mean is the one primary metric; default the judge. */
  primary: z.string().optional(),
  models: z
    .strictObject({
      agent: z.string().optional(),
      judge: z.string().optional(),
      reflection: z.string().optional(),
      embedding: z.string().optional(),
    })
    .default({}),
  split: splitPolicy.prefault({}),
  gates: z.array(evaluateGate).default([]),
  onGateFail: z.enum(['continue', 'stop']).default('continue'),
  label: labelPolicy.prefault({}),
  align: alignPolicy.prefault({}),
  optimize: optimizePolicy.prefault({}),
  gate: gatePolicy.prefault({}),
  approval: z
    .strictObject({ needed: z.boolean().default(false), deadline: duration.default('7d') })
    .prefault({}),
  /** Search only: the cycle ends `unmeasurable` before its gate, and no look is spent. */
  tuneOnly: z.boolean().default(false),
  /** After a promotion: watch it, and roll back what is worse. */
  watch: watchPolicy.optional(),
  budget: budget.prefault({ usd: 2 }),
});
export type CycleSpec = z.infer<typeof cycleSpec>;

/** Name of the one primary metric: what the spec says, else the judge, whose version id is `<name>@<n>`. */
export const primaryMetric = (spec: CycleSpec, judge: string): string =>
  spec.primary ?? nameOfVersion(judge);
