import type { Guardrail } from '../../contracts/spec.ts';
import { applicableTo } from './applicable.ts';
import type { ExampleCells, GateRecord } from './gate-record.ts';
import { tabulate } from './gate-record.ts';
import { floor } from './guardrail-floor.ts';
import { difference, ratio } from './guardrail-relative.ts';
import { notMeasured } from './guardrail-result.ts';
import type { ArmCells, GuardrailResult } from './guardrail-result.ts';
import { guardrailKind, metricOf } from './metric.ts';
import { missingReport } from './missing.ts';
import { pairsOf } from './pair.ts';
import { zeroFailures } from './zero-failures.ts';

export type GuardrailInput = {
  readonly guardrail: Guardrail;
  readonly records: readonly GateRecord[];
  readonly trials: number;
  readonly primary: string;
  readonly seed: string;
};

/** One guardrail before Holm's correction: holds or not, and the p of being broken. */
export function testGuardrail(input: GuardrailInput): GuardrailResult {
  const { guardrail } = input;
  const records = applicableTo(input.records, guardrail.metric);
  const valueOf = metricOf(guardrail, input.primary);
  const cells = tabulate({ records, trials: input.trials, valueOf });
  const missing = missingReport(cells);
  if (pairsOf(cells).length === 0 || missing.faults.length > 0)
    return notMeasured(guardrail, missing.faults[0] ?? 'no example has the metric in both arms');
  const kind = guardrailKind(guardrail);
  const relative = { guardrail, pairs: pairsOf(cells), seed: input.seed };
  if (kind === 'ratio') return ratio(relative);
  if (kind === 'difference') return difference(relative);
  const test = kind === 'floor' ? floor : zeroFailures;
  const finalist = test({ guardrail, cells: armCells(cells, 'finalist'), seed: input.seed });
  if (guardrail.ifIncumbentBreaks === 'block') return finalist;
  const incumbent = test({ guardrail, cells: armCells(cells, 'incumbent'), seed: input.seed });
  if (incumbent.pBroken > 0.05) return finalist;
  return {
    ...difference(relative),
    note: 'the incumbent breaks the floor too: no worse than it is asked',
  };
}

function armCells(cells: readonly ExampleCells[], arm: 'incumbent' | 'finalist'): ArmCells[] {
  return cells.map((row) => ({ cluster: row.cluster, values: row[arm] }));
}
