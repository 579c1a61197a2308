import { hashJson } from '../../contracts/hash.ts';
import type { GateReport } from '../../contracts/report.ts';
import type { GatePolicy, Guardrail } from '../../contracts/spec.ts';
import type { Evaluation } from './evaluation-file.ts';
import { recordsOfArms } from './evaluation-records.ts';
import { decideGate } from './gate.ts';
import type { GateDecision } from './gate.ts';
import { guardrailsOf } from './guardrails.ts';
import { isScore } from './metric.ts';
import type { MissingCount } from './missing.ts';

export type EvaluationInput = {
  readonly incumbent: Evaluation;
  readonly finalist: Evaluation;
  readonly policy: GatePolicy;
  /** Name of the primary metric; may be left out where one is left that no guardrail names. */
  readonly metric?: string;
  /** Added to those of the policy. */
  readonly guardrails: readonly Guardrail[];
};

/** What `attune promote --evaluation A --evaluation B --json` prints. */
export type EvaluationVerdict = Pick<
  GateReport,
  | 'verdict'
  | 'estimate'
  | 'p'
  | 'lower'
  | 'upper'
  | 'alpha'
  | 'margin'
  | 'clusters'
  | 'examples'
  | 'guardrails'
  | 'clustersNeeded'
  | 'incumbent'
  | 'finalist'
  | 'reasons'
  | 'notes'
> & {
  readonly metric: string;
  readonly method: GateDecision['method'];
  readonly missing: {
    readonly incumbent: MissingCount;
    readonly finalist: MissingCount;
    readonly p: number;
    readonly survivesWorstCase: boolean;
  };
};

/** A metric or guardrail that no row of either evaluation has, or that must be chosen. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly metric: string | null;

  constructor(metric: string | null, message: string) {
    super(message);
    this.metric = metric;
  }
}

/** The verdict on two evaluations of the same examples: no seal, no look, no alias. Throws MetricError | EvaluationFileError. */
export function decideEvaluations(input: EvaluationInput): EvaluationVerdict {
  const guardrails = [...input.policy.guardrails, ...input.guardrails];
  const metric = chooseMetric(input, guardrails);
  const policy = { ...input.policy, guardrails };
  const { report, method, missing, worstCase } = decideGate({
    policy,
    policyHash: hashJson({ policy: JSON.parse(JSON.stringify(policy)), metric }),
    look: null,
    primary: metric,
    records: recordsOfArms({
      arms: { incumbent: input.incumbent, finalist: input.finalist },
      metric,
      others: guardrailsOf(policy).map((guardrail) => guardrail.metric),
    }),
    trials: 0,
    judge: { kind: 'none', why: 'the scores were made elsewhere' },
  });
  const { look: _look, trials: _trials, ...figures } = report;
  const { incumbent, finalist, p } = missing;
  return {
    ...figures,
    metric,
    method,
    missing: { incumbent, finalist, p, survivesWorstCase: worstCase.wins },
  };
}

function chooseMetric(
  { incumbent, finalist, metric }: EvaluationInput,
  guardrails: readonly Guardrail[],
): string {
  const rows = [...incumbent.rows, ...finalist.rows];
  const names = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))].sort();
  const has = `the rows have ${names.join(', ') || 'no scores'}`;
  const unknown = guardrails.find((g) => g.metric !== 'error_rate' && !names.includes(g.metric));
  if (unknown !== undefined)
    throw new MetricError(unknown.metric, `guardrail \`${unknown.metric}\`: no row has it; ${has}`);
  if (metric !== undefined) return known(metric, { names, has });
  const guarded = guardrails.map((guardrail) => guardrail.metric);
  const [only, ...more] = names.filter((name) => isScore(name) && !guarded.includes(name));
  if (only === undefined || more.length > 0)
    throw new MetricError(null, `name the one primary metric with --metric: ${has}`);
  return only;
}

function known(
  metric: string,
  { names, has }: { readonly names: readonly string[]; readonly has: string },
): string {
  if (!names.includes(metric))
    throw new MetricError(metric, `metric \`${metric}\`: no row has it; ${has}`);
  if (isScore(metric)) return metric;
  const why = 'is not a score from 0 to 1; name it as a guardrail';
  throw new MetricError(metric, `metric \`${metric}\` ${why}`);
}
