import type { Guardrail } from '../../contracts/spec.ts';
import { clusterTotals } from '../statistics/mean.ts';
import type { ClusterTotal } from '../statistics/ratio.ts';
import { isAbove } from '../statistics/rounding.ts';
import { notMeasured, oriented } from './guardrail-result.ts';
import type { GuardrailResult } from './guardrail-result.ts';
import { differenceHarm, harmBounds } from './harm.ts';
import { isScore } from './metric.ts';
import type { Pair } from './pair.ts';

export type RelativeInput = {
  readonly guardrail: Guardrail;
  readonly pairs: readonly Pair[];
  readonly seed: string;
};

/** Finalist minus incumbent against the margin (0 where none is declared). */
export function difference({ guardrail, pairs, seed }: RelativeInput): GuardrailResult {
  const sign = guardrail.direction === 'higher' ? -1 : 1;
  const limit = guardrail.margin ?? 0;
  const totals = totalsOf(pairs, (pair) => sign * (pair.finalist - pair.incumbent));
  const harm = (isScore(guardrail.metric) ? differenceHarm : harmBounds)({ totals, limit, seed });
  const even = totals.every(({ sum }) => sum === 0);
  return {
    metric: guardrail.metric,
    ...oriented(harm, sign),
    limit: sign * limit,
    holds: !isAbove(harm.upper, limit),
    pBroken: harm.pBroken,
    note: even
      ? `no difference in any of ${totals.length} clusters; differences rarer than about ${percent(3 / totals.length)} of them cannot be seen`
      : 'finalist minus incumbent',
  };
}

/** Mean of the finalist over mean of the incumbent against 1 + margin (or 1 - margin): a ratio estimator. */
export function ratio({ guardrail, pairs, seed }: RelativeInput): GuardrailResult {
  const sign = guardrail.direction === 'higher' ? -1 : 1;
  const limit = 1 + sign * (guardrail.margin ?? 0);
  const finalist = totalsOf(pairs, (pair) => sign * pair.finalist);
  const incumbent = totalsOf(pairs, (pair) => pair.incumbent);
  const totals = finalist.map(({ sum }, place) => ({ sum, size: incumbent[place]?.sum ?? 0 }));
  if (totals.every(({ size }) => size === 0))
    return notMeasured(guardrail, 'the incumbent has nothing to compare with: its total is 0');
  const harm = harmBounds({ totals, limit: sign * limit, seed });
  return {
    metric: guardrail.metric,
    ...oriented(harm, sign),
    limit,
    holds: !isAbove(harm.upper, sign * limit),
    pBroken: harm.pBroken,
    note: 'mean of the finalist as a ratio to that of the incumbent',
  };
}

function totalsOf(pairs: readonly Pair[], valueOf: (pair: Pair) => number): ClusterTotal[] {
  return clusterTotals(pairs.map((pair) => ({ cluster: pair.cluster, value: valueOf(pair) })));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
