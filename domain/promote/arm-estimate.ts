import type { Estimate } from '../../contracts/report.ts';
import { scoreMean } from '../statistics/mean.ts';
import type { ExampleCells, GateArm, GateRecord } from './gate-record.ts';
import { meanOf } from './pair.ts';

/** Mean of one arm over examples with its clustered 95 % interval; missing and failed count trials. */
export function armEstimate(input: {
  readonly cells: readonly ExampleCells[];
  readonly records: readonly GateRecord[];
  readonly arm: GateArm;
}): Estimate {
  const values = input.cells.flatMap((row) => {
    const value = meanOf(row[input.arm]);
    return value === null ? [] : [{ cluster: row.cluster, value }];
  });
  const mean = scoreMean(values);
  const known =
    mean !== null && mean.lower !== null && mean.upper !== null && mean.method !== 'none';
  return {
    mean: mean?.mean ?? null,
    interval: known ? { low: mean.lower ?? 0, high: mean.upper ?? 1 } : null,
    n: mean?.n ?? 0,
    clusters: mean?.clusters ?? 0,
    missing: input.cells.flatMap((row) => row[input.arm]).filter((value) => value === null).length,
    failed: input.records.filter(({ arm, failed }) => arm === input.arm && failed === true).length,
  };
}
