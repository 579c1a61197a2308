import type { Random } from '../random.ts';
import type { Selector } from './options.ts';
import { samplingList } from './pareto.ts';
import type { Members } from './pareto.ts';

export type Choice = {
  readonly selector: Selector;
  readonly fronts: readonly Members[];
  /** Validation mean of each program of the pool. */
  readonly scores: readonly number[];
  readonly random: Random;
};

/** The pool index of the next parent (gepa strategies/candidate_selector.py). */
export function selectParent({ selector, fronts, scores, random }: Choice): number {
  switch (selector.kind) {
    case 'pareto':
      return fromFronts(fronts, { scores, random });
    case 'current_best':
      return highest(scores);
    case 'epsilon_greedy':
      return random.random() < selector.epsilon ? random.below(scores.length) : highest(scores);
    case 'top_k_pareto': {
      const top = new Set(topIndexes(scores, selector.k));
      const kept = fronts.map((front) => front.filter((index) => top.has(index)));
      return fromFronts(
        kept.filter((front) => front.length > 0),
        { scores, random },
      );
    }
  }
}

/** The first index with the highest value. */
export const highest = (values: readonly number[]): number =>
  values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);

function fromFronts(
  fronts: readonly Members[],
  { scores, random }: Pick<Choice, 'scores' | 'random'>,
): number {
  const list = samplingList(fronts, scores);
  return list.length === 0 ? highest(scores) : random.choice(list);
}

function topIndexes(scores: readonly number[], k: number): readonly number[] {
  const order = scores.map((_, index) => index);
  return order.sort((a, b) => scores[b]! - scores[a]!).slice(0, k);
}
