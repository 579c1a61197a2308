import type { Draw } from './settings.ts';
import {
  exchangeable,
  informativeErrors,
  lenientJudge,
  sizeCorrelated,
  skewed,
} from './settings.ts';

/** One row of the table: a setting, and what is done in it. */
export type Cell = {
  readonly setting: string;
  readonly draw: Draw;
  readonly clusters: number;
  readonly margin: number;
  /** The true difference; the margin in every null. */
  readonly shift: number;
  readonly strict: boolean;
  readonly candidates: number;
  /** The real search is run too: a cycle promotes what it names and the gate lets pass. */
  readonly searched: boolean;
  /** Looks at ever more data, stopping at the first win. */
  readonly looks: number;
};

const SIZES = [20, 50, 100, 300];
const MARGINS = [0, 0.05];

const SHAPES: Readonly<Record<string, Draw>> = {
  exchangeable,
  'losses of 0.9 at 5 %': skewed('losses', 0.05),
  'losses of 0.9 at 10 %': skewed('losses', 0.1),
  'losses of 0.9 at 20 %': skewed('losses', 0.2),
  'gains of 0.9 at 5 %': skewed('gains', 0.05),
  'gains of 0.9 at 10 %': skewed('gains', 0.1),
  'gains of 0.9 at 20 %': skewed('gains', 0.2),
  'size correlated with effect': sizeCorrelated,
};

const plain = { strict: false, candidates: 5, looks: 1, searched: true };

const shapes: Cell[] = Object.entries(SHAPES).flatMap(([setting, draw]) =>
  MARGINS.flatMap((margin) =>
    SIZES.map((clusters) => ({ ...plain, setting, draw, clusters, margin, shift: margin })),
  ),
);

const strict: Cell[] = [50, 100].map((clusters) => ({
  ...plain,
  setting: 'losses of 0.9 at 5 %, strict',
  draw: skewed('losses', 0.05),
  clusters,
  margin: 0,
  shift: 0,
  strict: true,
}));

const special: Cell[] = SIZES.flatMap((clusters) => [
  {
    ...plain,
    setting: 'informative errors',
    draw: informativeErrors,
    clusters,
    margin: 0,
    shift: 0,
  },
  {
    ...plain,
    setting: 'judge more lenient on the finalist',
    draw: lenientJudge,
    clusters,
    margin: 0,
    shift: 0,
  },
]);

const looks: Cell[] = [50, 100].map((clusters) => ({
  ...plain,
  setting: 'five looks at growing data',
  draw: exchangeable,
  clusters,
  margin: 0,
  shift: 0,
  looks: 5,
}));

const searches: Cell[] = [1, 2, 5, 10, 20].map((candidates) => ({
  ...plain,
  setting: `search of ${candidates} equal candidates`,
  draw: exchangeable,
  clusters: 100,
  margin: 0,
  shift: 0,
  candidates,
}));

/** Every null setting of specs/promote.md, "Proof". */
export const NULL_CELLS: readonly Cell[] = [
  ...shapes,
  ...strict,
  ...special,
  ...looks,
  ...searches,
];

/** True gains in the exchangeable setting: what the same gate sees. */
export const POWER_CELLS: readonly Cell[] = SIZES.flatMap((clusters) =>
  [0.1, 0.15, 0.2, 0.25].map((shift) => ({
    ...plain,
    setting: `true gain of ${shift}`,
    searched: false,
    draw: exchangeable,
    clusters,
    margin: 0,
    shift,
  })),
);

/**
 * Whether the claim names the cell. It leaves out a judge that itself prefers the finalist (only people see that), and large losses so
 * rare that a part of 50 clusters often shows none: `strict` is for those.
 */
export const isClaimed = ({ setting, clusters }: Pick<Cell, 'setting' | 'clusters'>): boolean =>
  setting !== 'judge more lenient on the finalist' &&
  !(setting === 'losses of 0.9 at 5 %' && clusters === 50);

type Named = Pick<Cell, 'setting' | 'clusters' | 'margin'>;
export const cellId = ({ setting, clusters, margin }: Named): string =>
  `${setting}/${clusters}/${margin}`;

const byId = new Map([...NULL_CELLS, ...POWER_CELLS].map((cell) => [cellId(cell), cell]));

export function cellOf(id: string): Cell {
  const cell = byId.get(id);
  if (cell === undefined) throw new Error(`no cell is called \`${id}\``);
  return cell;
}
