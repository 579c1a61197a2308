import { NEGLIGIBLE, ratioEstimate, studentized } from './ratio.ts';
import type { ClusterTotal } from './ratio.ts';
import { createStream } from './stream.ts';

export type SignFlip = {
  readonly p: number;
  readonly exact: boolean;
  readonly flips: number;
};

const EXACT_CLUSTERS = 16;
const DRAWS = 20_000;

/** Sums that one assignment of signs changes; all else in the statistic is constant. */
type Flipped = { readonly sum: number; readonly cross: number };

type Flipping = {
  readonly totals: readonly ClusterTotal[];
  readonly seed: string;
  readonly draws?: number;
};

/** Whether the p of `signFlip` is at most alpha: the same draws, ended as soon as too many have reached t. */
export function signFlipWins({
  totals,
  seed,
  alpha,
  draws = DRAWS,
}: Flipping & { readonly alpha: number }): boolean {
  if (totals.filter((total) => total.sum !== 0).length <= EXACT_CLUSTERS)
    return signFlip({ totals, seed, draws }).p <= alpha;
  const most = alpha * (draws + 1) - 1;
  return countDraws({ ...flippable(totals), seed, draws, most }) <= most;
}

/**
 * One-sided p of H0: theta <= 0 by sign flips of the cluster sums, with t recomputed at each flip.
 * Exact up to 16 non-zero clusters, else 20,000 draws and p = (b + 1) / (m + 1). Equal t counts.
 */
export function signFlip({ totals, seed, draws = DRAWS }: Flipping): SignFlip {
  const { sums, crosses, reaches } = flippable(totals);
  if (sums.length <= EXACT_CLUSTERS) {
    const flips = 2 ** sums.length;
    let count = 0;
    for (let mask = 0; mask < flips; mask += 1)
      if (reaches(flipByMask({ sums, crosses, mask }))) count += 1;
    return { p: count / flips, exact: true, flips };
  }
  const count = countDraws({ sums, crosses, reaches, seed, draws, most: Infinity });
  return { p: (count + 1) / (draws + 1), exact: false, flips: draws };
}

type Flippable = {
  readonly sums: Float64Array;
  readonly crosses: Float64Array;
  readonly reaches: (flipped: Flipped) => boolean;
};

function flippable(totals: readonly ClusterTotal[]): Flippable {
  const nonzero = totals.filter((total) => total.sum !== 0);
  return {
    sums: Float64Array.from(nonzero, (total) => total.sum),
    crosses: Float64Array.from(nonzero, (total) => total.sum * total.size),
    reaches: comparison(totals),
  };
}

function flipByMask(at: {
  readonly sums: Float64Array;
  readonly crosses: Float64Array;
  readonly mask: number;
}): Flipped {
  let sum = 0;
  let cross = 0;
  for (let g = 0; g < at.sums.length; g += 1) {
    const sign = (at.mask >>> g) & 1 ? -1 : 1;
    sum += sign * (at.sums[g] as number);
    cross += sign * (at.crosses[g] as number);
  }
  return { sum, cross };
}

/** Draws that reach t; counting ends once they are more than `most`. */
function countDraws(
  at: Flippable & { readonly seed: string; readonly draws: number; readonly most: number },
): number {
  const stream = createStream(`${at.seed}/sign-flip`);
  let count = 0;
  for (let draw = 0; draw < at.draws && count <= at.most; draw += 1) {
    let sum = 0;
    let cross = 0;
    let bits = 0;
    for (let g = 0; g < at.sums.length; g += 1) {
      if ((g & 31) === 0) bits = stream.word();
      const sign = 1 - ((bits & 1) << 1);
      bits >>>= 1;
      sum += sign * (at.sums[g] as number);
      cross += sign * (at.crosses[g] as number);
    }
    if (at.reaches({ sum, cross })) count += 1;
  }
  return count;
}

/** Whether a flip reaches the observed t; a tie is one within 1e-9, far above rounding. */
function comparison(totals: readonly ClusterTotal[]): (flipped: Flipped) => boolean {
  const { t, size, clusters } = ratioEstimate(totals);
  const squares = totals.reduce((sum, total) => sum + total.sum ** 2, 0);
  const sizes = totals.reduce((sum, total) => sum + total.size ** 2, 0);
  const scale = clusters / (clusters - 1);
  const threshold = Number.isFinite(t) ? t - 1e-9 * Math.max(1, Math.abs(t)) : t;
  return ({ sum, cross }) => {
    const theta = sum / size;
    const residual = squares - 2 * theta * cross + theta * theta * sizes;
    const se = residual <= NEGLIGIBLE * squares ? 0 : Math.sqrt(scale * residual) / size;
    return studentized(Math.abs(theta) < 1e-15 ? 0 : theta, se) >= threshold;
  };
}
