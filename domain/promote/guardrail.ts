import type { Guardrail } from '../../contracts/spec.ts';
import { applicableTo } from './applicable.ts';
import type { ExampleCells, GateArm, GateRecord } from './gate-record.ts';
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
  const kind = guardrailKind(guardrail);
  const test = kind === 'floor' ? floor : zeroFailures;
  const armTest = (arm: GateArm) =>
    test({ guardrail, cells: armCells(cells, arm), seed: input.seed });
  const pairs = pairsOf(cells);
  const gap = missingReport(cells).faults[0] ?? (pairs.length === 0 ? UNPAIRED : null);
  if (gap !== null) {
    // What is missing cannot undo a failure that was seen.
    const isFatal = kind === 'zero-failures' && guardrail.ifIncumbentBreaks === 'block';
    const finalist = isFatal ? armTest('finalist') : null;
    return finalist?.pBroken === 0 ? finalist : notMeasured(guardrail, gap);
  }
  const relative = { guardrail, pairs, seed: input.seed };
  if (kind === 'ratio') return ratio(relative);
  if (kind === 'difference') return difference(relative);
  const finalist = armTest('finalist');
  if (guardrail.ifIncumbentBreaks === 'block' || armTest('incumbent').pBroken > 0.05)
    return finalist;
  return {
    ...difference(relative),
    note: 'the incumbent breaks the floor too: no worse than it is asked',
  };
}

const UNPAIRED = 'no example has the metric in both arms';

function armCells(cells: readonly ExampleCells[], arm: GateArm): ArmCells[] {
  return cells.map((row) => ({ cluster: row.cluster, values: row[arm] }));
}
