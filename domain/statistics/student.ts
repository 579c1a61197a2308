import { betaQuantile, incompleteBeta } from './beta.ts';

/** P(T <= t) of Student's t with `df` degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta({ a: df / 2, b: 0.5, x: df / (df + t * t) });
  return t > 0 ? 1 - tail : tail;
}

/** t with P(T <= t) = p, for p in (0, 1). */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  const x = betaQuantile({ a: df / 2, b: 0.5, p: 2 * Math.min(p, 1 - p) });
  const size = Math.sqrt((df * (1 - x)) / x);
  return p < 0.5 ? -size : size;
}
