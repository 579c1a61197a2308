import { bisect } from './bisect.ts';
import type { ClusterTotal } from './ratio.ts';
import { createStream, permutation } from './stream.ts';

export type Bet = { readonly p: number; readonly wealth: number; readonly lower: number };

/**
 * Stakes that are mixed: betting both is betting their wealth-weighted mean, the predictable lambda.
 * High ones, as 20 to 49 clusters can reach 1 / alpha only with few losses.
 */
const STAKES: readonly number[] = [0.5, 0.75];

/**
 * Betting test of H0: difference <= margin for differences in [-1, 1] (Waudby-Smith and Ramdas 2024):
 * x = (sum - margin size) / ((1 + margin) max size), wealth = prod(1 + lambda x), p = 1 / its maximum.
 * `lower` is the largest margin still rejected at alpha: it exceeds `margin` exactly when p < alpha.
 */
export function bettingTest({
  totals,
  margin,
  alpha,
  seed,
}: {
  readonly totals: readonly ClusterTotal[];
  readonly margin: number;
  readonly alpha: number;
  readonly seed: string;
}): Bet {
  const shuffled = inOrder(totals, seed);
  const wealth = maximalWealth({ totals: shuffled, margin });
  const lower = bisect((m) => bettingWins({ totals: shuffled, margin: m, alpha }), {
    low: -1,
    high: 1,
  });
  return { p: Math.min(1, 1 / wealth), wealth, lower };
}

/** Whether bets on clusters in the order given come to win; draws of a simulation need no other order. */
export function bettingWins({
  alpha,
  ...of
}: {
  readonly totals: readonly ClusterTotal[];
  readonly margin: number;
  readonly alpha: number;
}): boolean {
  const enough = 1 / alpha;
  return maximalWealth({ ...of, enough }) >= enough;
}

function inOrder(totals: readonly ClusterTotal[], seed: string): ClusterTotal[] {
  const order = permutation(totals.length, createStream(`${seed}/betting`));
  return order.flatMap((index) => totals[index] ?? []);
}

/** The largest wealth on the way, at most until it is `enough`; it falls as the margin grows, which makes the bound exact. */
function maximalWealth({
  totals,
  margin,
  enough = Infinity,
}: {
  readonly totals: readonly ClusterTotal[];
  readonly margin: number;
  readonly enough?: number;
}): number {
  const largest = totals.reduce((most, { size }) => Math.max(most, size), 0);
  const wealth = STAKES.map(() => 1);
  let best = 1;
  for (const { sum, size } of totals) {
    const x = (sum - margin * size) / ((1 + margin) * largest);
    let total = 0;
    for (const [index, stake] of STAKES.entries()) {
      wealth[index] = (wealth[index] ?? 1) * (1 + stake * x);
      total += wealth[index] ?? 0;
    }
    best = Math.max(best, total / STAKES.length);
    if (best >= enough) break;
  }
  return best;
}
