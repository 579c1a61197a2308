import { incompleteBeta } from './beta.ts';

/** P(X >= count) for X ~ Binomial(total, rate). */
export function binomialUpperTail({
  count,
  total,
  rate,
}: {
  readonly count: number;
  readonly total: number;
  readonly rate: number;
}): number {
  if (count <= 0) return 1;
  if (count > total) return 0;
  return incompleteBeta({ a: count, b: total - count + 1, x: rate });
}

/** Exact McNemar test of wins against losses: one-sided (wins prevail) and two-sided p. */
export function mcnemarExact({
  wins,
  losses,
}: {
  readonly wins: number;
  readonly losses: number;
}): {
  readonly greater: number;
  readonly twoSided: number;
} {
  const total = wins + losses;
  const tail = (count: number) => binomialUpperTail({ count, total, rate: 0.5 });
  return {
    greater: tail(wins),
    twoSided: Math.min(1, 2 * Math.min(tail(wins), tail(losses))),
  };
}
