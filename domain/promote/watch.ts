/** Wealth by stake after `observations`; plain JSON, kept between observations. */
export type WatchState = {
  readonly tolerance: number;
  readonly observations: number;
  readonly wealth: readonly Bet[];
  /** The largest e-value so far. */
  readonly peak: number;
};

type Bet = { readonly stake: number; readonly value: number };

/** Stakes as shares of 1 / (1 + tolerance), the bound below which no factor can reach 0. */
const SHARES: readonly number[] = [0.1, 0.25, 0.5, 0.75];

/** An observation outside its range; the watch cannot use it. */
export class WatchRangeError extends Error {
  override readonly name = 'WatchRangeError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly value: number;

  constructor(what: string, value: number) {
    super(`watch: ${what} is ${value}; scale scores to [0, 1] and chances to (0, 1)`);
    this.value = value;
  }
}

/** A watch of H0 "not worse than the tolerance" before its first observation. */
export function startWatch(tolerance: number): WatchState {
  const wealth = SHARES.map((share) => ({ stake: share / (1 + tolerance), value: 1 }));
  return { tolerance, observations: 0, wealth, peak: 1 };
}

/**
 * One observation a conversation: d in [-1, 1] is new minus old. E = prod(1 + lambda (-d - tolerance)),
 * lambda the wealth-weighted mean of the stakes (specs/promote.md, "Watch"). An observation on a scale of
 * its own brings its tolerance, at most the watch's. Throws WatchRangeError.
 */
export function observe(state: WatchState, d: number, tolerance = state.tolerance): WatchState {
  if (!(tolerance >= 0 && tolerance <= state.tolerance))
    throw new WatchRangeError('a scaled tolerance', tolerance);
  if (!(d >= -1 && d <= 1)) throw new WatchRangeError('a difference', d);
  const wealth = state.wealth.map(({ stake, value }) => ({
    stake,
    value: value * (1 + stake * (-d - tolerance)),
  }));
  const next = { ...state, observations: state.observations + 1, wealth };
  return { ...next, peak: Math.max(state.peak, evidence(next)) };
}

/** A watch after all its observations, in their order. */
export function watched(
  tolerance: number,
  observations: readonly { readonly difference: number; readonly tolerance: number }[],
): WatchState {
  return observations.reduce(
    (state, at) => observe(state, at.difference, at.tolerance),
    startWatch(tolerance),
  );
}

/** The e-value now: the mean wealth. */
export function evidence({ wealth }: WatchState): number {
  return wealth.reduce((sum, { value }) => sum + value, 0) / wealth.length;
}

/** Roll back once E has reached 1 / alpha; by Ville's inequality a good prompt gets there with chance alpha at most. */
export function mustRollBack(state: WatchState, alpha: number): boolean {
  return state.peak >= 1 / alpha;
}

/**
 * Randomized traffic: the inverse-probability-weighted difference of one scored request, divided by
 * `scale` so that it lies in [-1, 1]; divide the tolerance by `scale` too. Throws WatchRangeError.
 */
export function weightedDifference(input: {
  readonly score: number;
  readonly isNew: boolean;
  /** The chance with which the request got the new prompt. */
  readonly chance: number;
}): { readonly d: number; readonly scale: number } {
  const { score, isNew, chance } = input;
  if (!(score >= 0 && score <= 1)) throw new WatchRangeError('a score', score);
  if (!(chance > 0 && chance < 1)) throw new WatchRangeError('a chance', chance);
  const scale = 1 / Math.min(chance, 1 - chance);
  return { d: (isNew ? score / chance : -score / (1 - chance)) / scale, scale };
}
