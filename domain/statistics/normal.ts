const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/** P(Z <= x) of the standard normal. Series near 0, continued fraction in the tails (Marsaglia 2004). */
export function normalCdf(x: number): number {
  return x <= 0 ? upperTail(-x) : 1 - upperTail(x);
}

/** x with P(Z <= x) = p. Infinite at 0 and 1; RangeError outside [0, 1]. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile needs p in [0, 1], got ${p}`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  return p < 0.5 ? -tailQuantile(p) : tailQuantile(1 - p);
}

function upperTail(x: number): number {
  if (x === Infinity) return 0;
  const density = DENSITY * Math.exp((-x * x) / 2);
  return x < 4 ? 0.5 - density * centralSeries(x) : density / tailFraction(x);
}

function centralSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

function tailFraction(x: number): number {
  let value = x;
  for (let k = 120; k >= 1; k -= 1) value = x + k / value;
  return value;
}

/** Abramowitz and Stegun 26.2.23 as the start, then Newton steps on the logarithm of the tail. */
function tailQuantile(q: number): number {
  const w = Math.sqrt(-2 * Math.log(q));
  let x =
    w -
    (2.515517 + 0.802853 * w + 0.010328 * w * w) /
      (1 + 1.432788 * w + 0.189269 * w * w + 0.001308 * w ** 3);
  for (let step = 0; step < 6; step += 1) {
    const tail = upperTail(x);
    const density = DENSITY * Math.exp((-x * x) / 2);
    x += (Math.log(tail / q) * tail) / density;
  }
  return x;
}
