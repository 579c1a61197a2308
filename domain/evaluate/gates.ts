import { isAbove } from '../statistics/rounding.ts';
import type { Aggregate } from './aggregate.ts';

/** A gate of the evaluate phase: the scorer's mean must reach `min` with at most a share `errors` missing. */
export type EvaluateGate = {
  readonly scorer: string;
  readonly min: number;
  readonly errors: number;
};

export type GateResult = {
  readonly scorer: string;
  readonly state: 'pass' | 'fail' | 'unmeasurable';
  readonly mean: number | null;
  readonly min: number;
  /** Missing assessments as a share of those that should be there. */
  readonly missing: number;
  readonly why: string;
};

/** Each gate against the aggregate of its scorer; what is not measured well enough never passes. */
export function evaluateGates(
  gates: readonly EvaluateGate[],
  aggregates: Readonly<Record<string, Aggregate>>,
): readonly GateResult[] {
  return gates.map((gate) =>
    gateResult(gate, Object.hasOwn(aggregates, gate.scorer) ? aggregates[gate.scorer] : undefined),
  );
}

function gateResult(gate: EvaluateGate, found: Aggregate | undefined): GateResult {
  const { scorer, min } = gate;
  if (found === undefined)
    return {
      scorer,
      min,
      state: 'unmeasurable',
      mean: null,
      missing: 1,
      why: `no scorer named ${scorer} ran; name one of the evaluation's scorers`,
    };
  const planned = found.n + found.missing;
  const missing = planned === 0 ? 0 : found.missing / planned;
  const { mean } = found;
  const result = { scorer, min, mean, missing };
  if (mean === null)
    return { ...result, state: 'unmeasurable', why: `${scorer} measured none of ${planned} rows` };
  if (missing > gate.errors)
    return {
      ...result,
      state: 'unmeasurable',
      why: `${found.missing} of ${planned} rows are not measured, more than the share ${gate.errors} allowed`,
    };
  const passed = !isAbove(min, mean);
  return {
    ...result,
    state: passed ? 'pass' : 'fail',
    why: `mean ${mean.toFixed(3)} ${passed ? 'reaches' : 'is below'} ${min}`,
  };
}
