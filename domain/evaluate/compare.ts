import { intervalOf, type MeanInterval, valueMean } from '../statistics/mean.ts';
import type { ScoredRow } from './aggregate.ts';
import { type ExampleDifference, pairExamples } from './paired.ts';

export type { ExampleDifference };

export type ComparedRun = {
  readonly run: string;
  /** Hash of the dataset version. */
  readonly dataset: string;
  /** Judge version or scorer that gave the scores. */
  readonly scorer: string;
  readonly rows: readonly ScoredRow[];
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
  readonly kind = 'refused';
  readonly retryable = false;
  readonly reasons: readonly string[];

  constructor(first: ComparedRun, second: ComparedRun, reasons: readonly string[]) {
    super(
      `${first.run} and ${second.run} cannot be compared: ${reasons.join('; ')}. Evaluate both on one dataset version with one judge version`,
    );
    this.reasons = reasons;
  }
}

/** Why scores of the two do not mean the same; nothing where they do. */
export const reasonsApart = (first: ComparedRun, second: ComparedRun): readonly string[] => [
  ...(first.dataset === second.dataset ? [] : ['their dataset versions differ']),
  ...(first.scorer === second.scorer
    ? []
    : [`they were scored by ${first.scorer} and ${second.scorer}`]),
];

/** Paired by example, trials averaged. Throws IncomparableRunsError on different datasets or judge versions. */
export function compareRuns(first: ComparedRun, second: ComparedRun): Comparison {
  const reasons = reasonsApart(first, second);
  if (reasons.length > 0) throw new IncomparableRunsError(first, second, reasons);
  const { pairs, unpaired } = pairExamples(first.rows, second.rows);
  const mean = valueMean(pairs.map((p) => ({ cluster: p.conversation, value: p.difference })));
  return {
    difference: mean === null ? null : { mean: mean.mean, interval: differenceInterval(mean) },
    examples: pairs.length,
    clusters: mean?.clusters ?? 0,
    unpaired,
    wins: pairs.filter((p) => p.difference > 0).sort((a, b) => b.difference - a.difference),
    regressions: pairs.filter((p) => p.difference < 0).sort((a, b) => a.difference - b.difference),
    equal: pairs.filter((p) => p.difference === 0).length,
  };
}

/** What a comparison says of the second run; `unknown` where the interval holds zero, or there is none. */
export type Standing = 'worse' | 'better' | 'equal' | 'unknown';

/** Clusters that all changed by the same from which on chance does not explain it (2 in 2^6). */
const LEAST_ALIKE = 6;

export function standingOf({ difference, examples, equal, clusters }: Comparison): Standing {
  if (difference === null) return 'unknown';
  if (equal === examples) return 'equal';
  const { mean, interval } = difference;
  if (interval === null && clusters < LEAST_ALIKE) return 'unknown';
  if ((interval?.high ?? mean) < 0) return 'worse';
  return (interval?.low ?? mean) > 0 ? 'better' : 'unknown';
}

function differenceInterval(mean: MeanInterval) {
  const found = intervalOf(mean);
  return found && { low: Math.max(-1, found.low), high: Math.min(1, found.high) };
}
