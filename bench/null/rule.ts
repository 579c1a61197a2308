import { gatePolicy } from '../../contracts/spec.ts';
import { decideGate } from '../../domain/promote/gate.ts';
import { lookAlpha } from '../../domain/promote/looks.ts';
import { meanOf } from '../../domain/promote/pair.ts';
import { STUDENTIZED_CLUSTERS } from '../../domain/promote/primary.ts';
import { signFlipWins } from '../../domain/statistics/sign-flip.ts';
import type { Stream } from '../../domain/statistics/stream.ts';
import type { Draw, SimulatedRow } from './settings.ts';
import { recordsOf, totalsOf } from './settings.ts';

export type Trial = {
  readonly draw: Draw;
  readonly clusters: number;
  readonly margin: number;
  readonly shift: number;
  readonly strict: boolean;
  readonly seed: string;
  readonly stream: Stream;
};

const VALIDATION = 20;

/**
 * Whether the gate promotes. A studentized win needs p <= alpha, so records are made and the bootstrap behind the
 * verdict runs only where the sign flip has got that far: the answer is the same.
 */
export function gatePromotes(
  rows: readonly SimulatedRow[],
  { margin, strict, seed }: Trial,
  look = 1,
): boolean {
  const policy = policyOf(margin, strict);
  const alpha = lookAlpha(policy.alpha, look);
  const totals = totalsOf(rows);
  if (!strict && totals.length >= STUDENTIZED_CLUSTERS) {
    const shifted = totals.map(({ sum, size }) => ({ sum: sum - margin * size, size }));
    if (!signFlipWins({ totals: shifted, seed, alpha })) return false;
  }
  const { report } = decideGate({
    policy,
    policyHash: seed,
    look,
    primary: 'quality',
    records: recordsOf(rows),
    trials: 1,
    judge: { kind: 'none', why: 'simulated' },
  });
  return report.verdict === 'promote';
}

const policyOf = (margin: number, strict: boolean) =>
  gatePolicy.parse({ margin, strict, trials: 1 });

/** Whether the usual rule promotes: the best of so many equal candidates on 20 examples beats the incumbent. */
export function naivePromotes(trial: Trial, candidates: number): boolean {
  return bestOf(trial, candidates) > trial.margin;
}

/** The search before the gate: largest validation difference of truly equal candidates. */
function bestOf({ draw, shift, stream }: Trial, candidates: number): number {
  const rows = Array.from({ length: VALIDATION }, () => draw(stream, shift)).flat();
  const incumbent = meanOf(rows.map((row) => row.incumbent)) ?? 0;
  const means = Array.from(
    { length: candidates },
    () => meanOf(rows.map((row) => row.candidate())) ?? 0,
  );
  return Math.max(...means) - incumbent;
}
