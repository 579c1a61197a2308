import type { JudgedTotal, LabelledTotal } from '../statistics/ppi.ts';
import type { CheckedExample } from './people-check.ts';

type Sums = { person: number; judge: number; size: number; isLabelled: boolean };

/** Differences summed by cluster; a cluster counts as labelled when people labelled every row of it. */
export function peopleTotals(examples: readonly CheckedExample[]): {
  readonly labelled: readonly LabelledTotal[];
  readonly unlabelled: readonly JudgedTotal[];
} {
  const clusters = new Map<string, Sums>();
  for (const { cluster, judge, person } of examples) {
    const sums = clusters.get(cluster) ?? { person: 0, judge: 0, size: 0, isLabelled: true };
    sums.judge += judge.finalist - judge.incumbent;
    sums.person += person === null ? 0 : person.finalist - person.incumbent;
    sums.size += 1;
    sums.isLabelled &&= person !== null;
    clusters.set(cluster, sums);
  }
  const all = [...clusters.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sums]) => sums);
  return {
    labelled: all.filter(({ isLabelled }) => isLabelled),
    unlabelled: all.filter(({ isLabelled }) => !isLabelled),
  };
}
