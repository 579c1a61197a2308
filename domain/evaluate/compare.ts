import { valueMean } from '../statistics/mean.ts';
import { measured, type ScoredRow } from './aggregate.ts';

export type ComparedRun = {
  readonly run: string;
  /** Hash of the dataset version. */
  readonly dataset: string;
  /** Judge version or scorer that gave the scores. */
  readonly scorer: string;
  readonly rows: readonly ScoredRow[];
};

export type ExampleDifference = {
  readonly example: string;
  readonly conversation: string;
  readonly first: number;
  readonly second: number;
  readonly difference: number;
};

export type Comparison = {
  /** Second minus first, over examples that both measured, with a 95 % interval clustered by conversation. */
  readonly difference: {
    readonly mean: number;
    readonly interval: { readonly low: number; readonly high: number } | null;
  } | null;
  readonly examples: number;
  readonly clusters: number;
  /** Examples that only one run measured, or none. */
  readonly unpaired: readonly string[];
  /** Largest first. */
  readonly wins: readonly ExampleDifference[];
  readonly regressions: readonly ExampleDifference[];
  readonly equal: number;
};

/** Two runs whose scores mean different things. */
export class IncomparableRunsError extends Error {
  override readonly name = 'IncomparableRunsError';
  readonly reasons: readonly string[];

  constructor(first: ComparedRun, second: ComparedRun, reasons: readonly string[]) {
    super(
      `${first.run} and ${second.run} cannot be compared: ${reasons.join('; ')}. Evaluate both on one dataset version with one judge version`,
    );
    this.reasons = reasons;
  }
}

/** Paired by example, trials averaged. Throws IncomparableRunsError on different datasets or judge versions. */
export function compareRuns(first: ComparedRun, second: ComparedRun): Comparison {
  const reasons = [
    ...(first.dataset === second.dataset ? [] : ['their dataset versions differ']),
    ...(first.scorer === second.scorer
      ? []
      : [`they were scored by ${first.scorer} and ${second.scorer}`]),
  ];
  if (reasons.length > 0) throw new IncomparableRunsError(first, second, reasons);
  const before = means(first.rows);
  const after = means(second.rows);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const pairs = names.flatMap((example) =>
    pairOf(example, before.get(example), after.get(example)),
  );
  const paired = new Set(pairs.map(({ example }) => example));
  const mean = valueMean(pairs.map((p) => ({ cluster: p.conversation, value: p.difference })));
  return {
    difference: mean === null ? null : { mean: mean.mean, interval: intervalOf(mean) },
    examples: pairs.length,
    clusters: mean?.clusters ?? 0,
    unpaired: names.filter((example) => !paired.has(example)),
    wins: pairs.filter((p) => p.difference > 0).sort((a, b) => b.difference - a.difference),
    regressions: pairs.filter((p) => p.difference < 0).sort((a, b) => a.difference - b.difference),
    equal: pairs.filter((p) => p.difference === 0).length,
  };
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
  return [{ example, conversation, first, second, difference: second - first }];
}

function intervalOf(mean: { readonly lower: number | null; readonly upper: number | null }) {
  if (mean.lower === null || mean.upper === null) return null;
  return { low: Math.max(-1, mean.lower), high: Math.min(1, mean.upper) };
}
