import { z } from 'zod';
import { aliasMove } from './prompt.ts';

const interval = z.strictObject({ low: z.number(), high: z.number() }).nullable();

/** A mean with its clustered 95 % interval; missing and failed always stand beside it. */
export const estimate = z.strictObject({
  mean: z.number().nullable(),
  interval,
  n: z.int(),
  clusters: z.int(),
  missing: z.int(),
  failed: z.int(),
});
export type Estimate = z.infer<typeof estimate>;

export const outcome = z.enum([
  'promoted',
  'rejected',
  'inconclusive',
  'unmeasurable',
  'declined',
  'no-candidate',
  'superseded',
  'labels-short',
  'budget',
  'cancelled',
]);
export type Outcome = z.infer<typeof outcome>;

export const verdict = z.enum(['promote', 'reject', 'inconclusive', 'unmeasurable']);
export type Verdict = z.infer<typeof verdict>;

export const agreementReport = z.strictObject({
  n: z.int(),
  accuracy: z.number().nullable(),
  accuracyInterval: interval,
  kappa: z.number().nullable(),
  kappaInterval: interval,
  /** One-sided 90 % lower bound of kappa: what the gate's judge floor asks for. */
  kappaLower90: z.number().nullable(),
  truePositiveRate: z.number().nullable(),
  trueNegativeRate: z.number().nullable(),
  prevalence: z.number().nullable(),
  /** Count by person's value, then judge's value. */
  confusion: z.record(z.string(), z.record(z.string(), z.int())),
});

export type AgreementReport = z.infer<typeof agreementReport>;

/** How an alignment went, beside what the judge that it made is worth. */
export const alignmentReport = z.strictObject({
  aligner: z.enum(['memalign', 'gepa']),
  /** `no-guidelines`: no rule with a usable source; the judge then has past cases only. `no-candidate`: no better instructions. */
  outcome: z.enum(['aligned', 'no-guidelines', 'no-candidate', 'failed']),
  /** Id of the judge that was made: a version where it was adopted, else `<name>@trial-<n>`; null where none was. */
  judge: z.string().nullable(),
  /** What it was compared with. */
  base: z.string(),
  labels: z.int(),
  items: z.int(),
  /** Pairs of rules that no verdict could follow both of. */
  contradictions: z.array(z.strictObject({ a: z.string(), b: z.string(), why: z.string() })),
  /** Rules that were not used, by reason. */
  dropped: z.record(z.string(), z.int()),
  /** Items and labels that were not learned from; at most ten are named. */
  leftOut: z.array(z.strictObject({ reason: z.string(), n: z.int(), items: z.array(z.string()) })),
  /** Plain sentences, such as that all labels have one value. */
  notes: z.array(z.string()),
});
export type AlignmentReport = z.infer<typeof alignmentReport>;

export const judgeReport = z.strictObject({
  /** `held-out`: judge-test labels that alignment never saw; `cross-fitted`: five folds of both parts. */
  method: z.enum(['held-out', 'cross-fitted']),
  base: agreementReport,
  aligned: agreementReport.nullable(),
  difference: z.strictObject({ mean: z.number(), lower90: z.number(), interval }).nullable(),
  /** Each rater against the others, on the same items. */
  ceiling: z.array(
    z.strictObject({
      rater: z.string(),
      n: z.int(),
      accuracy: z.number().nullable(),
      judgeAccuracy: z.number().nullable(),
    }),
  ),
  adopted: z.boolean(),
  why: z.string(),
  guidelines: z.array(z.strictObject({ text: z.string(), sources: z.int() })),
  snapshots: z.int(),
  contested: z.int(),
  alignment: alignmentReport.optional(),
});
export type JudgeReport = z.infer<typeof judgeReport>;

export const guardrailResult = z.strictObject({
  metric: z.string(),
  state: z.enum(['holds', 'broken', 'undecided']),
  estimate: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  limit: z.number(),
  note: z.string(),
});

const rates = z.strictObject({ truePositive: z.number(), trueNegative: z.number() }).nullable();

/** What people, blind to the arm, said of the outputs of a gate: finalist minus incumbent. */
export const peopleReport = z.strictObject({
  /** Examples with both outputs labelled, and clusters labelled in full. */
  labelled: z.int(),
  clusters: z.int(),
  /** By people alone. */
  raw: z.strictObject({ mean: z.number(), interval }).nullable(),
  /** With the judge's scores of the rest (PPI++); null where there is no rest. */
  corrected: z.strictObject({ mean: z.number(), interval, lambda: z.number() }).nullable(),
  /** Of the judge against people, by arm. */
  rates: z.strictObject({ incumbent: rates, finalist: rates }),
  /** Difference of pass rates, each corrected by its arm's rates; null for a judge that knows too little. */
  roganGladen: z.number().nullable(),
});
export type PeopleReport = z.infer<typeof peopleReport>;

export const gateReport = z.strictObject({
  verdict,
  look: z.int(),
  alpha: z.number(),
  estimate: z.number().nullable(),
  p: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  margin: z.number(),
  examples: z.int(),
  clusters: z.int(),
  trials: z.int(),
  incumbent: estimate,
  finalist: estimate,
  guardrails: z.array(guardrailResult),
  clustersNeeded: z
    .strictObject({ observed: z.int().nullable(), cautious: z.int().nullable() })
    .nullable(),
  /** Where the policy asked people to check. */
  people: peopleReport.optional(),
  reasons: z.array(z.string()),
  notes: z.array(z.string()),
});
export type GateReport = z.infer<typeof gateReport>;

export const candidateReport = z.strictObject({
  hash: z.string(),
  parents: z.array(z.string()),
  validation: z.number().nullable(),
  discoveredAt: z.int(),
  length: z.int(),
});

export const phaseReport = z.strictObject({
  phase: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  note: z.string(),
  calls: z.int(),
  price: z.number(),
});

/** The report of a cycle: the answer of `attune cycle report <id> --json`. */
export const cycleReport = z.strictObject({
  id: z.string(),
  cycle: z.string(),
  number: z.int(),
  project: z.string(),
  outcome: outcome.nullable(),
  verdict: verdict.nullable(),
  /** Plain sentences: what was found, and what was not checked. */
  claims: z.array(z.string()),
  practiceModel: z.boolean(),
  scriptedReviewer: z.boolean(),
  phases: z.array(phaseReport),
  splits: z.record(z.string(), z.strictObject({ conversations: z.int(), rows: z.int() })),
  evaluation: estimate.nullable(),
  /** Of the scorers beside the judge in the evaluate phase, by version; absent without any. */
  scorers: z.record(z.string(), estimate).optional(),
  labels: z
    .strictObject({
      labels: z.int(),
      items: z.int(),
      consensus: z.int(),
      contested: z.int(),
      raters: z.int(),
    })
    .nullable(),
  judge: judgeReport.nullable(),
  baseline: estimate.nullable(),
  candidates: z.array(candidateReport),
  optimize: z
    .strictObject({
      rollouts: z.int(),
      budget: z.int(),
      reflections: z.int(),
      duplicatePairs: z.int(),
      finalist: z.string().nullable(),
      why: z.string(),
      dropped: z.record(z.string(), z.int()),
    })
    .nullable(),
  gate: gateReport.nullable(),
  /** Accuracy against gold on the sealed part, one aggregate an arm, after the verdict. */
  gold: z
    .strictObject({
      incumbent: estimate,
      finalist: estimate,
      difference: z.strictObject({ mean: z.number(), interval }).nullable(),
    })
    .nullable(),
  prompts: z.array(
    z.strictObject({ name: z.string(), from: z.int(), to: z.int().nullable(), diff: z.string() }),
  ),
  /** History of the aliases at the time of reading, oldest first. */
  moves: z.array(aliasMove).optional(),
  spend: z.record(
    z.string(),
    z.strictObject({
      calls: z.int(),
      inputTokens: z.int(),
      outputTokens: z.int(),
      price: z.number(),
      reused: z.int(),
    }),
  ),
  /** What endpoints took otherwise than Attune would send it, as `model: sends no ...`; absent without any. */
  dialects: z.array(z.string()).optional(),
  links: z.record(z.string(), z.string()),
  /** Over splits, versions, scores, candidates, verdict; not clocks or spend. */
  evidenceHash: z.string(),
});
export type CycleReport = z.infer<typeof cycleReport>;
