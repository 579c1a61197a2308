import { hashJson } from '../../contracts/hash.ts';
import type { GateReport } from '../../contracts/report.ts';
import type { GatePolicy, Guardrail } from '../../contracts/spec.ts';
import type { EvaluationLine } from './evaluation-file.ts';
import type { GateArm, GateRecord } from './gate-record.ts';
import { decideGate } from './gate.ts';
import type { GateDecision } from './gate.ts';
import type { MissingCount } from './missing.ts';

export type EvaluationInput = {
  readonly incumbent: readonly EvaluationLine[];
  readonly finalist: readonly EvaluationLine[];
  readonly policy: GatePolicy;
  /** Name of the primary metric; may be left out where there is one only. */
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
  readonly metric: string | null;

  constructor(metric: string | null, message: string) {
    super(message);
    this.metric = metric;
  }
}

/** Milliseconds and USD stand among the scores of a file, but not on their scale. */
const MEASURES: readonly string[] = ['latency_ms', 'cost_usd'];

/** The verdict on two evaluations of the same examples: no seal, no look, no alias. Throws MetricError. */
export function decideEvaluations(input: EvaluationInput): EvaluationVerdict {
  const guardrails = [...input.policy.guardrails, ...input.guardrails];
  const metric = chooseMetric(input, guardrails);
  const policy = { ...input.policy, guardrails };
  const { report, method, missing, worstCase } = decideGate({
    policy,
    policyHash: hashJson({ policy: JSON.parse(JSON.stringify(policy)), metric }),
    look: null,
    primary: metric,
    records: [
      ...input.incumbent.map((line) => recordOf(line, { arm: 'incumbent', metric })),
      ...input.finalist.map((line) => recordOf(line, { arm: 'finalist', metric })),
    ],
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
  const names = [...new Set([...incumbent, ...finalist].flatMap((l) => Object.keys(l.scores)))];
  const scores = names.filter((name) => !MEASURES.includes(name)).sort();
  const has = `the rows have ${scores.join(', ') || 'no scores'}`;
  const unknown = guardrails.find((g) => g.metric !== 'error_rate' && !names.includes(g.metric));
  if (unknown !== undefined)
    throw new MetricError(unknown.metric, `guardrail \`${unknown.metric}\`: no row has it; ${has}`);
  if (metric !== undefined && !scores.includes(metric))
    throw new MetricError(metric, `metric \`${metric}\`: no row has it; ${has}`);
  const [only, ...others] = scores;
  if (metric === undefined && (only === undefined || others.length > 0))
    throw new MetricError(null, `name the one primary metric with --metric: ${has}`);
  return metric ?? only ?? '';
}

function recordOf(
  { example_id: exampleId, cluster, trial, scores, failed }: EvaluationLine,
  { arm, metric }: { readonly arm: GateArm; readonly metric: string },
): GateRecord {
  const others = Object.entries(scores).filter(([name]) => !MEASURES.includes(name));
  return {
    exampleId,
    cluster: cluster ?? `example ${exampleId}`,
    arm,
    trial,
    score: scores[metric] ?? null,
    failed,
    latencyMs: scores['latency_ms'] ?? null,
    costUsd: scores['cost_usd'] ?? null,
    scores: Object.fromEntries(others),
  };
}
