import type { Guardrail } from '../../contracts/spec.ts';

/** A tested guardrail before Holm's correction; bounds in the metric's own direction, null if unknown. */
export type GuardrailResult = {
  readonly metric: string;
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly limit: number;
  readonly holds: boolean;
  /** p of H0: inside the limit. */
  readonly pBroken: number;
  readonly note: string;
};

/** The values of one example under one arm: one entry a trial, null where missing. */
export type ArmCells = { readonly cluster: string; readonly values: readonly (number | null)[] };

/** Bounds of a harm turned back to the metric's own direction; what is infinite is not known. */
export function oriented(
  harm: { readonly theta: number; readonly lower: number; readonly upper: number },
  sign: 1 | -1,
) {
  const finite = (value: number) => (Number.isFinite(value) ? sign * value + 0 : null);
  return {
    estimate: finite(harm.theta),
    lower: finite(sign === 1 ? harm.lower : harm.upper),
    upper: finite(sign === 1 ? harm.upper : harm.lower),
  };
}

/** A guardrail that the data cannot decide. */
export function notMeasured(
  { metric, margin, floor: least }: Guardrail,
  why: string,
): GuardrailResult {
  return {
    metric,
    estimate: null,
    lower: null,
    upper: null,
    limit: least ?? margin ?? 0,
    holds: false,
    pBroken: 1,
    note: `not measured: ${why}`,
  };
}
