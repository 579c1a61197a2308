import { isAbove } from '../statistics/rounding.ts';
import { measured, type ScoredRow } from './aggregate.ts';

export type ExampleDifference = {
  readonly example: string;
  readonly conversation: string;
  readonly first: number;
  readonly second: number;
  /** Second minus first. */
  readonly difference: number;
};

export type Paired = {
  /** By example. */
  readonly pairs: readonly ExampleDifference[];
  /** Examples that only one run measured, or none. */
  readonly unpaired: readonly string[];
};

/** The scores of two runs by example, trials averaged. */
export function pairExamples(first: readonly ScoredRow[], second: readonly ScoredRow[]): Paired {
  const before = means(first);
  const after = means(second);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const pairs = names.flatMap((example) =>
    pairOf(example, before.get(example), after.get(example)),
  );
  const found = new Set(pairs.map(({ example }) => example));
  return { pairs, unpaired: names.filter((example) => !found.has(example)) };
}

type ExampleMean = { readonly conversation: string; readonly mean: number | null };

function means(rows: readonly ScoredRow[]): Map<string, ExampleMean> {
  const byExample = Map.groupBy(rows, (row) => row.example);
  return new Map(
    [...byExample].map(([example, trials]) => {
      const scores = trials.flatMap((row) => {
        const found = measured(row);
        return found.kind === 'score' ? [found.score] : [];
      });
      const sum = scores.reduce((total, score) => total + score, 0);
      return [
        example,
        {
          conversation: trials[0]!.conversation,
          mean: scores.length === 0 ? null : sum / scores.length,
        },
      ];
    }),
  );
}

function pairOf(
  example: string,
  before: ExampleMean | undefined,
  after: ExampleMean | undefined,
): ExampleDifference[] {
  if (before === undefined || after === undefined) return [];
  if (before.mean === null || after.mean === null) return [];
  const { conversation, mean: first } = before;
  const { mean: second } = after;
  // Equal trials in another order add up to another last bit: that is neither a win nor a regression.
  const differs = isAbove(second, first) || isAbove(first, second);
  return [{ example, conversation, first, second, difference: differs ? second - first : 0 }];
}
