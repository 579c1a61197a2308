import { bootstrapT, lowerBound, pAbove, upperBound } from '../statistics/bootstrap.ts';
import { exactUpperBound } from '../statistics/proportion.ts';
import type { ClusterTotal } from '../statistics/ratio.ts';

const ALPHA = 0.05;

/** A harm (higher is worse) with one-sided 95 % bounds and the p of H0: harm <= limit. */
export type Harm = {
  readonly theta: number;
  readonly lower: number;
  readonly upper: number;
  readonly pBroken: number;
  /** Without any spread between clusters the bounds are the estimate itself. */
  readonly flat: boolean;
};

type HarmInput = {
  readonly totals: readonly ClusterTotal[];
  readonly limit: number;
  readonly seed: string;
};

/** Bootstrap-t bounds of a harm against a limit. */
export function harmBounds({ totals, limit, seed }: HarmInput): Harm {
  const boot = bootstrapT({ totals, seed });
  return {
    theta: boot.estimate.theta,
    lower: lowerBound(boot, ALPHA),
    upper: upperBound(boot, ALPHA),
    pBroken: pAbove(boot, limit),
    flat: boot.estimate.se === 0,
  };
}

/**
 * The same for a difference of values in [0, 1]. Where harm is so rare that resamples without spread
 * push the bound to infinity, the bound is the exact one of the share of clusters that show harm, and
 * 0 when none does.
 */
export function differenceHarm(input: HarmInput): Harm {
  const harm = harmBounds(input);
  if (Number.isFinite(harm.upper)) return harm;
  return { ...harm, upper: harmed(input.totals) === 0 ? 0 : rareUpper(input.totals) };
}

/**
 * The same for the loss of one arm in [0, 1]: clusters without any loss prove no more than the exact
 * bound of 0 among them (about 3 / G), however even they are.
 */
export function lossHarm(input: HarmInput): Harm {
  const harm = harmBounds(input);
  const proven = Number.isFinite(harm.upper) && !(harm.flat && harm.theta === 0);
  return proven ? harm : { ...harm, upper: rareUpper(input.totals) };
}

const harmed = (totals: readonly ClusterTotal[]) => totals.filter(({ sum }) => sum > 0).length;

/** Mean harm <= P(a cluster shows harm) * largest size / mean size, for values up to 1. */
function rareUpper(totals: readonly ClusterTotal[]): number {
  const largest = totals.reduce((most, { size }) => Math.max(most, size), 0);
  const mean = totals.reduce((sum, { size }) => sum + size, 0) / totals.length;
  const share = exactUpperBound({ count: harmed(totals), total: totals.length, alpha: ALPHA });
  return Math.min(1, (share * largest) / mean);
}
