import type { Guardrail, GatePolicy } from '../../contracts/spec.ts';
import { holm } from '../statistics/holm.ts';
import type { GateRecord } from './gate-record.ts';
import { testGuardrail } from './guardrail.ts';

const ALPHA = 0.05;

export type GuardrailReport = {
  readonly metric: string;
  readonly state: 'holds' | 'broken' | 'undecided';
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly limit: number;
  readonly note: string;
};

/** The guardrails of a policy; the error rate is one by default. */
export function guardrailsOf({ guardrails, errorRateMargin }: GatePolicy): Guardrail[] {
  if (guardrails.some(({ metric }) => metric === 'error_rate')) return [...guardrails];
  const errors: Guardrail = {
    metric: 'error_rate',
    direction: 'lower',
    margin: errorRateMargin,
    ifIncumbentBreaks: 'block',
  };
  return [...guardrails, errors];
}

/**
 * Every guardrail: `holds` when its one-sided 95 % bound lies inside, `broken` when the opposite bound
 * lies outside (Holm over all), else `undecided` (specs/promote.md, the gate, item 3).
 */
export function testGuardrails(input: {
  readonly policy: GatePolicy;
  readonly records: readonly GateRecord[];
  readonly trials: number;
  readonly primary: string;
  readonly seed: string;
}): GuardrailReport[] {
  const tested = guardrailsOf(input.policy).map((guardrail, place) => ({
    id: `${place} ${guardrail.metric}`,
    result: testGuardrail({ ...input, guardrail, seed: `${input.seed}/guardrail ${place}` }),
  }));
  const adjusted = holm(Object.fromEntries(tested.map(({ id, result }) => [id, result.pBroken])));
  return tested.map(({ id, result }) => {
    const { metric, estimate, lower, upper, limit, note } = result;
    const broken = (adjusted[id] ?? 1) <= ALPHA;
    const state = broken ? 'broken' : result.holds ? 'holds' : 'undecided';
    return { metric, state, estimate, lower, upper, limit, note };
  });
}
