import type { Guardrail } from '../../contracts/spec.ts';
import { clusterTotals } from '../statistics/mean.ts';
import { isAbove } from '../statistics/rounding.ts';
import { oriented } from './guardrail-result.ts';
import type { ArmCells, GuardrailResult } from './guardrail-result.ts';
import { harmBounds, lossHarm } from './harm.ts';
import { isScore } from './metric.ts';
import { meanOf } from './pair.ts';

/** Mean of one arm against an absolute floor, or a ceiling where lower is better. */
export function floor(input: {
  readonly guardrail: Guardrail;
  readonly cells: readonly ArmCells[];
  readonly seed: string;
}): GuardrailResult {
  const { guardrail, seed } = input;
  const isHigher = guardrail.direction === 'higher';
  const bounded = isScore(guardrail.metric);
  const base = isHigher && bounded ? 1 : 0;
  const sign = isHigher ? -1 : 1;
  const limit = base + sign * (guardrail.floor ?? 0);
  const values = input.cells.flatMap(({ cluster, values: cells }) => {
    const value = meanOf(cells);
    return value === null ? [] : [{ cluster, value: base + sign * value }];
  });
  const harm = (bounded ? lossHarm : harmBounds)({ totals: clusterTotals(values), limit, seed });
  const shift = ({ theta, lower, upper }: typeof harm) => ({
    theta: theta - base,
    lower: lower - base,
    upper: upper - base,
  });
  return {
    metric: guardrail.metric,
    ...oriented(shift(harm), sign),
    limit: guardrail.floor ?? 0,
    holds: !isAbove(harm.upper, limit),
    pBroken: harm.pBroken,
    note: 'mean of the finalist',
  };
}
