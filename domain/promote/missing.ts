import { mcnemarExact } from '../statistics/binomial.ts';
import type { ExampleCells, GateArm } from './gate-record.ts';

const MOST_MISSING = 0.05;
const UNEQUAL = 0.05;

export type MissingCount = { readonly missing: number; readonly expected: number };

export type MissingReport = {
  readonly incumbent: MissingCount;
  readonly finalist: MissingCount;
  /** Exact two-sided test over clusters: more missing under one arm than under the other. */
  readonly p: number;
  /** Why the gate cannot be measured; empty when it can. */
  readonly faults: readonly string[];
};

/** Counts of missing cells by arm, and what they forbid (specs/promote.md, the gate, item 4). */
export function missingReport(cells: readonly ExampleCells[]): MissingReport {
  const [incumbent, finalist] = [count(cells, 'incumbent'), count(cells, 'finalist')];
  const p = unequalP(cells);
  const faults = [
    ...overLimit('incumbent', incumbent),
    ...overLimit('finalist', finalist),
    ...(p < UNEQUAL
      ? [
          `missing data differ between the arms: ${incumbent.missing} of ${incumbent.expected} cells of the incumbent, ${finalist.missing} of ${finalist.expected} of the finalist (exact p ${p.toFixed(4)}, limit ${UNEQUAL})`,
        ]
      : []),
  ];
  return { incumbent, finalist, p, faults };
}

function count(cells: readonly ExampleCells[], arm: GateArm): MissingCount {
  const all = cells.flatMap((row) => row[arm]);
  return { missing: all.filter((value) => value === null).length, expected: all.length };
}

function overLimit(arm: GateArm, { missing, expected }: MissingCount): string[] {
  if (missing <= MOST_MISSING * expected) return [];
  return [`${missing} of ${expected} scores of the ${arm} are missing, more than 5 %`];
}

function unequalP(cells: readonly ExampleCells[]): number {
  const excess = new Map<string, number>();
  for (const { cluster, incumbent, finalist } of cells) {
    const gap = nulls(finalist) - nulls(incumbent);
    excess.set(cluster, (excess.get(cluster) ?? 0) + gap);
  }
  const gaps = [...excess.values()];
  return mcnemarExact({
    wins: gaps.filter((gap) => gap > 0).length,
    losses: gaps.filter((gap) => gap < 0).length,
  }).twoSided;
}

const nulls = (values: readonly (number | null)[]) =>
  values.filter((value) => value === null).length;
