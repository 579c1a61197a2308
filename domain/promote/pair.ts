import type { ClusterTotal } from '../statistics/ratio.ts';
import { clusterTotals } from '../statistics/mean.ts';
import type { ExampleCells } from './gate-record.ts';

/** An example with the mean of its measured trials under either arm. */
export type Pair = {
  readonly example: string;
  readonly cluster: string;
  readonly incumbent: number;
  readonly finalist: number;
};

/** Examples measured at least once under both arms. */
export function pairsOf(cells: readonly ExampleCells[]): Pair[] {
  return cells.flatMap(({ example, cluster, ...arms }) => {
    const [incumbent, finalist] = [meanOf(arms.incumbent), meanOf(arms.finalist)];
    return incumbent === null || finalist === null
      ? []
      : [{ example, cluster, incumbent, finalist }];
  });
}

/** The worst case of missing cells: 0 for the finalist, 1 for the incumbent. */
export function worstCasePairs(cells: readonly ExampleCells[]): Pair[] {
  return pairsOf(
    cells.map((row) => ({
      ...row,
      incumbent: row.incumbent.map((value) => value ?? 1),
      finalist: row.finalist.map((value) => value ?? 0),
    })),
  );
}

/** Sum of finalist minus incumbent and number of examples, by cluster in the order of their names. */
export function differenceTotals(pairs: readonly Pair[]): ClusterTotal[] {
  return clusterTotals(
    pairs.map(({ cluster, incumbent, finalist }) => ({ cluster, value: finalist - incumbent })),
  );
}

/** Mean of the measured values, or null without any. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  if (measured.length === 0) return null;
  return measured.reduce((sum, value) => sum + value, 0) / measured.length;
}
