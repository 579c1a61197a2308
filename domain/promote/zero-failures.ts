import type { Guardrail } from '../../contracts/spec.ts';
import type { ArmCells, GuardrailResult } from './guardrail-result.ts';

/**
 * A floor that allows no failure: any value beyond it breaks it; without one it holds if 3 / G, the
 * failure rate that G clusters cannot exclude, is at most the tolerated rate and nothing is missing.
 */
export function zeroFailures(input: {
  readonly guardrail: Guardrail;
  readonly cells: readonly ArmCells[];
}): GuardrailResult {
  const { metric, direction, floor = 1, tolerated = 0 } = input.guardrail;
  const values = input.cells.flatMap((row) => row.values);
  const measured = values.filter((value) => value !== null);
  const isFailure = (value: number) => (direction === 'higher' ? value < floor : value > floor);
  const failures = measured.filter(isFailure).length;
  const clusters = new Set(
    input.cells.filter((row) => row.values.some((value) => value !== null)).map((r) => r.cluster),
  ).size;
  const missing = values.length - measured.length;
  const unseen = 3 / clusters;
  return {
    metric,
    estimate: failures / measured.length,
    lower: null,
    upper: failures === 0 ? Math.min(1, unseen) : null,
    limit: tolerated,
    holds: failures === 0 && missing === 0 && unseen <= tolerated,
    pBroken: failures > 0 ? 0 : 1,
    note: `${failures} failures and ${missing} missing in ${values.length} trials of ${clusters} clusters; no failure is allowed`,
  };
}
