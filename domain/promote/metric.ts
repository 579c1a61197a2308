import type { Guardrail } from '../../contracts/spec.ts';
import { isSilent } from './applicable.ts';
import type { GateRecord } from './gate-record.ts';
import { primaryScore } from './gate-record.ts';

/** Metrics measured on a scale of their own and compared as ratios: milliseconds and USD. */
const RATIOS: readonly string[] = ['latency_ms', 'cost_usd'];

export type GuardrailKind = 'difference' | 'ratio' | 'floor' | 'zero-failures';

/** How a guardrail is tested: a floor with a tolerated rate allows no failure at all. */
export function guardrailKind({ metric, floor, tolerated }: Guardrail): GuardrailKind {
  if (floor !== undefined) return tolerated === undefined ? 'floor' : 'zero-failures';
  return RATIOS.includes(metric) ? 'ratio' : 'difference';
}

/** Whether values of the metric lie in [0, 1]. */
export function isScore(metric: string): boolean {
  return !RATIOS.includes(metric);
}

/** The value of a guardrail's metric in a record, null where not measured. */
export function metricOf(
  { metric, direction }: Pick<Guardrail, 'metric' | 'direction'>,
  primary: string,
): (record: GateRecord) => number | null {
  if (metric === 'latency_ms') return (record) => record.latencyMs ?? null;
  if (metric === 'cost_usd') return (record) => record.costUsd ?? null;
  if (metric === 'error_rate') return (record) => errorRate(record, primary);
  if (metric === primary) return primaryScore;
  const worst = direction === 'higher' ? 0 : 1;
  return (record) => (record.failed === true ? worst : (record.scores?.[metric] ?? null));
}

function errorRate(record: GateRecord, primary: string): number | null {
  if (record.failed === true) return 1;
  return record.score === null && !isSilent(record, primary) ? null : 0;
}
