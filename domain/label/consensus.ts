import { type Consensus, itemKey, type Label } from '../../contracts/label.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import { isScale, placeOf } from '../evaluate/scale.ts';

export { itemKey };

/** What consensus needs of a label. */
export type Rating = Pick<Label, 'rater' | 'value'>;

/** The last label of each rater for each item, without those taken back; earlier ones are superseded. Ordered by (item, rater). */
export function currentLabels<
  T extends Pick<Label, 'rater' | 'example' | 'outputHash' | 'createdAt'> &
    Partial<Pick<Label, 'withdrawn'>>,
>(labels: readonly T[]): readonly T[] {
  const last = new Map<string, T>();
  for (const label of labels) {
    const key = JSON.stringify([label.example, label.outputHash, label.rater]);
    const before = last.get(key);
    if (before === undefined || before.createdAt <= label.createdAt) last.set(key, label);
  }
  return [...last.values()]
    .filter((label) => label.withdrawn !== true)
    .sort((a, b) => order(itemKey(a), itemKey(b)) || order(a.rater, b.rater));
}

/** The current labels among those that came in time: what a session counts. */
export const labelsInTime = (labels: readonly Label[]): readonly Label[] =>
  currentLabels(labels.filter(({ late }) => !late));

/**
 * How the raters of one item agree: the most frequent value; two raters on a scale who are neighbours give the lower one;
 * all other ties are contested. One label a rater (see `currentLabels`). Null without labels.
 */
export function consensusOf(ratings: readonly Rating[], type: ValueType): Consensus | null {
  if (ratings.length === 0) return null;
  const raters = [...new Set(ratings.map(({ rater }) => rater))].sort();
  const votes = Map.groupBy(ratings, ({ value }) => value);
  const most = Math.max(...[...votes.values()].map((group) => group.length));
  const leading = [...votes].filter(([, group]) => group.length === most).map(([value]) => value);
  const value = leading.length === 1 ? leading[0]! : lowerNeighbour(ratings, type);
  return value === null ? { kind: 'contested', raters } : { kind: 'value', value, raters };
}

/** A decision settles what is contested, and nothing else. */
export function settledBy(
  consensus: Consensus | null,
  decided: { readonly value: Value; readonly who: string } | undefined,
): Consensus | null {
  if (consensus?.kind !== 'contested' || decided === undefined) return consensus;
  return { kind: 'value', value: decided.value, raters: [...consensus.raters, decided.who] };
}

function lowerNeighbour(ratings: readonly Rating[], type: ValueType): Value | null {
  const [a, b] = ratings;
  if (ratings.length !== 2 || a === undefined || b === undefined) return null;
  // Numbers of a continuous range have no neighbours.
  if (!isScale(type) || type.type === 'number') return null;
  const [x, y] = [placeOf(type, a.value), placeOf(type, b.value)];
  if (x === null || y === null || Math.abs(x - y) !== 1) return null;
  return x < y ? a.value : b.value;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
