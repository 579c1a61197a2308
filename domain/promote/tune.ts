import type { Part } from '../../contracts/part.ts';

type TunePart = Exclude<Part, 'sealed'>;

/** Shares of TUNE as cumulative cuts: align-labels 30 %, judge-test 15 %, train 30 %, validation 25 %. */
const CUTS: readonly { readonly part: TunePart; readonly until: number }[] = [
  { part: 'align-labels', until: 0.3 },
  { part: 'judge-test', until: 0.45 },
  { part: 'train', until: 0.75 },
  { part: 'validation', until: 1 },
];

/** A near-duplicate group with its draw as a fraction and the number of its conversations. */
export type Placed = {
  readonly group: string;
  readonly draw: string;
  readonly size: number;
};

/** The part of TUNE at a fraction in [0, 1): how conversations join after the first split. */
export function tunePartAt(fraction: number): TunePart {
  return CUTS.find(({ until }) => fraction < until)?.part ?? 'validation';
}

/** The first split: exact counts of conversations in the order of the draws; groups stay whole. */
export function divideTune(groups: readonly Placed[]): Record<string, TunePart> {
  const total = groups.reduce((sum, { size }) => sum + size, 0);
  const cuts = CUTS.map(({ part, until }) => ({ part, until: Math.round(until * total) }));
  const parts: Record<string, TunePart> = {};
  let place = 0;
  for (const { group, size } of inOrder(groups)) {
    parts[group] = cuts.find(({ until }) => place < until)?.part ?? 'validation';
    place += size;
  }
  return parts;
}

function inOrder(groups: readonly Placed[]): Placed[] {
  return [...groups].sort((a, b) => (a.draw < b.draw ? -1 : 1));
}
