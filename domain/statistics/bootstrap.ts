import { NEGLIGIBLE, ratioEstimate } from './ratio.ts';
import type { ClusterTotal, RatioEstimate } from './ratio.ts';
import { isAbove } from './rounding.ts';
import { createStream } from './stream.ts';

export const RESAMPLES = 20_000;

/** Sorted roots (theta* - theta) / se* of the resamples; `degenerate` counts those with se* = 0. */
export type Bootstrap = {
  readonly estimate: RatioEstimate;
  readonly roots: Float64Array;
  readonly degenerate: number;
};

const STRIDE = 5;

/** Bootstrap-t of theta over cluster resamples (Efron and Tibshirani 1993, 12.5). */
export function bootstrapT({
  totals,
  seed,
  resamples = RESAMPLES,
}: {
  readonly totals: readonly ClusterTotal[];
  readonly seed: string;
  readonly resamples?: number;
}): Bootstrap {
  const estimate = ratioEstimate(totals);
  if (estimate.se === 0) return { estimate, roots: new Float64Array(), degenerate: resamples };
  const moments = packMoments(totals);
  const roots = new Float64Array(resamples);
  const stream = createStream(`${seed}/bootstrap`);
  let kept = 0;
  for (let draw = 0; draw < resamples; draw += 1) {
    const root = resampleRoot({ moments, clusters: totals.length, theta: estimate.theta, stream });
    if (root === null) continue;
    roots[kept] = root;
    kept += 1;
  }
  return { estimate, roots: roots.subarray(0, kept).sort(), degenerate: resamples - kept };
}

/**
 * One-sided lower bound of theta at level alpha. A resample with se = 0 counts against the claim
 * (its root is taken as infinite); if se itself is 0 the bound is theta.
 */
export function lowerBound({ estimate, roots, degenerate }: Bootstrap, alpha: number): number {
  if (estimate.clusters < 2) return -Infinity;
  if (estimate.se === 0) return estimate.theta;
  const rank = Math.ceil((1 - alpha) * (roots.length + degenerate + 1) - 1e-9);
  return estimate.theta - (roots[rank - 1] ?? Infinity) * estimate.se;
}

/** One-sided upper bound of theta at level alpha; the mirror image of `lowerBound`. */
export function upperBound({ estimate, roots, degenerate }: Bootstrap, alpha: number): number {
  if (estimate.clusters < 2) return Infinity;
  if (estimate.se === 0) return estimate.theta;
  const rank = Math.ceil((1 - alpha) * (roots.length + degenerate + 1) - 1e-9);
  return estimate.theta - (roots[roots.length - rank] ?? -Infinity) * estimate.se;
}

/** p of H0: theta <= value; at most alpha exactly when `lowerBound` at alpha exceeds the value. */
export function pAbove({ estimate, roots, degenerate }: Bootstrap, value: number): number {
  if (estimate.clusters < 2) return 1;
  if (estimate.se === 0) return isAbove(estimate.theta, value) ? 0 : 1;
  const observed = (estimate.theta - value) / estimate.se;
  const reached = degenerate + roots.length - firstAtLeast(roots, observed);
  return (reached + 1) / (roots.length + degenerate + 1);
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function packMoments(totals: readonly ClusterTotal[]): Float64Array {
  return Float64Array.from(
    totals.flatMap(({ sum, size }) => [sum, size, sum * sum, sum * size, size * size]),
  );
}

function resampleRoot(at: {
  readonly moments: Float64Array;
  readonly clusters: number;
  readonly theta: number;
  readonly stream: { readonly below: (n: number) => number };
}): number | null {
  let [sum, size, squares, cross, sizes] = [0, 0, 0, 0, 0];
  for (let draw = 0; draw < at.clusters; draw += 1) {
    const place = at.stream.below(at.clusters) * STRIDE;
    sum += at.moments[place] as number;
    size += at.moments[place + 1] as number;
    squares += at.moments[place + 2] as number;
    cross += at.moments[place + 3] as number;
    sizes += at.moments[place + 4] as number;
  }
  const theta = sum / size;
  const residual = squares - 2 * theta * cross + theta * theta * sizes;
  if (residual <= NEGLIGIBLE * squares) return null;
  const se = Math.sqrt((at.clusters / (at.clusters - 1)) * residual) / size;
  return (theta - at.theta) / se;
}
