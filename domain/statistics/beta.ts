import { bisect } from './bisect.ts';
import { logGamma } from './gamma.ts';

/** Regularised incomplete beta I_x(a, b) for a, b > 0 and x in [0, 1] (continued fraction, Lentz). */
export function incompleteBeta({
  a,
  b,
  x,
}: {
  readonly a: number;
  readonly b: number;
  readonly x: number;
}): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(a, b, x)) / a
    : 1 - (front * fraction(b, a, 1 - x)) / b;
}

/** x with I_x(a, b) = p. */
export function betaQuantile({
  a,
  b,
  p,
}: {
  readonly a: number;
  readonly b: number;
  readonly p: number;
}): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  return bisect((x) => incompleteBeta({ a, b, x }) < p, { low: 0, high: 1 });
}

function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}
