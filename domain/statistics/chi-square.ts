import { bisect } from './bisect.ts';
import { incompleteGamma } from './gamma.ts';

/** P(X <= x) of chi-square with `df` degrees of freedom. */
export function chiSquareCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2);
}

/** x with P(X <= x) = p. */
export function chiSquareQuantile(p: number, df: number): number {
  const high = df + 40 * Math.sqrt(df) + 200;
  return bisect((x) => chiSquareCdf(x, df) < p, { low: 0, high });
}

/** Upper limit of a standard deviation: sd * sqrt(df / chi-square quantile at 1 - confidence). */
export function deviationUpperLimit({
  deviation,
  df,
  confidence,
}: {
  readonly deviation: number;
  readonly df: number;
  readonly confidence: number;
}): number {
  return deviation * Math.sqrt(df / chiSquareQuantile(1 - confidence, df));
}
