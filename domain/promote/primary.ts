import { bettingTest } from '../statistics/betting.ts';
import { bootstrapT, lowerBound, upperBound } from '../statistics/bootstrap.ts';
import type { ClusterTotal } from '../statistics/ratio.ts';
import { lessMargin, ratioEstimate } from '../statistics/ratio.ts';
import { signFlip } from '../statistics/sign-flip.ts';

export const LEAST_CLUSTERS = 20;
export const STUDENTIZED_CLUSTERS = 50;

export type PrimaryTest = {
  readonly method: 'studentized' | 'betting' | 'none';
  readonly estimate: number | null;
  readonly p: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly clusters: number;
  /** p <= alpha and lower > margin. */
  readonly wins: boolean;
};

export type PrimaryInput = {
  /** Sums of differences in [-1, 1] by cluster. */
  readonly totals: readonly ClusterTotal[];
  readonly margin: number;
  /** The level of this look. */
  readonly alpha: number;
  readonly strict: boolean;
  readonly seed: string;
};

/**
 * The test of H0: difference <= margin (specs/promote.md, the gate, item 2): studentized from 50
 * clusters on, by betting with 20 to 49 or `strict`, none below 20. Bounds are clipped to [-1, 1].
 */
export function primaryTest(input: PrimaryInput): PrimaryTest {
  const clusters = input.totals.length;
  const estimate = clusters === 0 ? null : ratioEstimate(input.totals).theta;
  if (clusters < LEAST_CLUSTERS)
    return { method: 'none', estimate, p: null, lower: null, upper: null, clusters, wins: false };
  const method = input.strict || clusters < STUDENTIZED_CLUSTERS ? 'betting' : 'studentized';
  const { p, lower, upper } = method === 'betting' ? betting(input) : studentized(input);
  const wins = p <= input.alpha && lower > input.margin;
  return { method, estimate, p, lower: clip(lower), upper: clip(upper), clusters, wins };
}

type Tested = { readonly p: number; readonly lower: number; readonly upper: number };

function studentized({ totals, margin, alpha, seed }: PrimaryInput): Tested {
  const shifted = lessMargin(totals, margin);
  const boot = bootstrapT({ totals: shifted, seed });
  return {
    p: signFlip({ totals: shifted, seed }).p,
    lower: lowerBound(boot, alpha) + margin,
    upper: upperBound(boot, alpha) + margin,
  };
}

/** The upper bound is the lower one of the differences turned round. */
function betting({ totals, margin, alpha, seed }: PrimaryInput): Tested {
  const { p, lower } = bettingTest({ totals, margin, alpha, seed });
  const turned = totals.map(({ sum, size }) => ({ sum: -sum, size }));
  return { p, lower, upper: -bettingTest({ totals: turned, margin: -margin, alpha, seed }).lower };
}

function clip(bound: number): number {
  return Math.max(-1, Math.min(1, bound));
}
