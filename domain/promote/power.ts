import { bettingWins } from '../statistics/betting.ts';
import { bisect } from '../statistics/bisect.ts';
import { normalCdf, normalQuantile } from '../statistics/normal.ts';
import { createStream } from '../statistics/stream.ts';
import { POWER_QUANTILE, pairsNeeded } from './needed.ts';
import { LEAST_CLUSTERS, STUDENTIZED_CLUSTERS } from './primary.ts';

/** What is assumed of one pair: scores differ in this share of the clusters. */
export const DISCORDANCE = 0.25;

export type PowerInput = {
  readonly clusters: number;
  readonly delta: number;
  readonly margin: number;
  /** The level of the look. */
  readonly alpha: number;
  readonly discordance?: number;
  /** Bets decide whatever the number of clusters. */
  readonly strict?: boolean;
};

const SIMULATIONS = 1_000;
/** Differences nearer than this cannot be told apart by so many simulations. */
const SIMULATED_STEP = 0.001;

/** SD of a difference of binary scores: sqrt(discordance - delta^2); |delta| cannot exceed discordance. */
export function pairDeviation(delta: number, discordance = DISCORDANCE): number {
  return Math.sqrt(Math.max(discordance, Math.abs(delta)) - delta * delta);
}

/** Pairs for 80 % power at a difference delta, not rounded (specs/promote.md, "Sealed data"). */
export function pairsForPower(input: Omit<PowerInput, 'clusters'>): number {
  return pairsNeeded({ ...input, s: pairDeviation(input.delta, input.discordance) });
}

/** Chance of a win when delta is true: normal from 50 clusters, simulated bets below and where `strict`, 0 under 20. */
export function powerAt(input: PowerInput): number {
  if (input.clusters < LEAST_CLUSTERS || input.delta <= input.margin) return 0;
  if (isBet(input)) return bettingPower(input);
  const s = pairDeviation(input.delta, input.discordance);
  const z = normalQuantile(1 - input.alpha);
  return normalCdf(((input.delta - input.margin) * Math.sqrt(input.clusters)) / s - z);
}

/** The smallest difference seen with 80 % power, or null when none up to 1 is. */
export function detectable(input: Omit<PowerInput, 'delta'>): number | null {
  const enough = (delta: number) => powerAt({ ...input, delta }) >= normalCdf(POWER_QUANTILE);
  if (!enough(1)) return null;
  const within = isBet(input) ? SIMULATED_STEP : 0;
  return bisect((delta) => !enough(delta), { low: input.margin, high: 1, within });
}

const isBet = ({ strict, clusters }: Omit<PowerInput, 'delta'>): boolean =>
  strict === true || clusters < STUDENTIZED_CLUSTERS;

/** Chance that all hold at once if they are independent, and the floor that needs no such assumption. */
export function jointPower(powers: readonly number[]): {
  readonly independent: number;
  readonly atLeast: number;
} {
  return {
    independent: powers.reduce((product, power) => product * power, 1),
    atLeast: Math.max(0, 1 - powers.reduce((sum, power) => sum + 1 - power, 0)),
  };
}

/** Chance that a margin guardrail holds when both arms are alike, its values differing by this SD. */
export function guardrailPower(input: {
  readonly clusters: number;
  readonly margin: number;
  readonly deviation: number;
}): number {
  const se = input.deviation / Math.sqrt(input.clusters);
  return se === 0 ? 1 : normalCdf(input.margin / se - normalQuantile(0.95));
}

function bettingPower({ clusters, delta, margin, alpha, discordance }: PowerInput): number {
  const share = Math.max(discordance ?? DISCORDANCE, delta);
  const stream = createStream(`betting power ${clusters} ${delta} ${margin} ${alpha} ${share}`);
  let wins = 0;
  for (let run = 0; run < SIMULATIONS; run += 1) {
    const totals = Array.from({ length: clusters }, () => {
      const u = stream.uniform();
      return { sum: u < (share + delta) / 2 ? 1 : u < share ? -1 : 0, size: 1 };
    });
    if (bettingWins({ totals, margin, alpha })) wins += 1;
  }
  return wins / SIMULATIONS;
}
