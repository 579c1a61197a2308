import type { Value, ValueType } from '../../contracts/value.ts';
import { consensusOf, type Rating } from '../label/consensus.ts';
import { isAbove } from '../statistics/rounding.ts';

/** One output that people labelled (one label a rater, see `currentLabels`), and what a judge said of it. */
export type JudgedItem = {
  /** `<example id>#<output hash>`. */
  readonly item: string;
  readonly conversation: string;
  readonly labels: readonly Rating[];
  /** The judge's value; null where it gave none. */
  readonly value: Value | null;
};

/** What a judge is scored against: the people's value of an item. */
export type Target = {
  readonly item: string;
  readonly conversation: string;
  readonly person: Value;
};

/** A consensus item is one target; a contested one is a target for each rater. Items in order of their names. */
export function targetsOf(
  items: readonly Omit<JudgedItem, 'value'>[],
  type: ValueType,
): readonly Target[] {
  return [...items]
    .sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0))
    .flatMap(({ item, conversation, labels }) => {
      const found = consensusOf(labels, type);
      if (found === null) return [];
      if (found.kind === 'value') return [{ item, conversation, person: found.value }];
      return labels.map(({ value }) => ({ item, conversation, person: value }));
    });
}

/** Numbers of a continuous range agree within this share of the range. */
const NEAR = 0.05;

/** Whether two values say the same. */
export function agrees(type: ValueType, values: readonly [Value, Value]): boolean {
  const [a, b] = values;
  if (type.type !== 'number' || typeof a !== 'number' || typeof b !== 'number') return a === b;
  return !isAbove(Math.abs(a - b), NEAR * (type.max - type.min));
}
