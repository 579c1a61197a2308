import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaQuantile, incompleteBeta } from '../../../domain/statistics/beta.ts';
import { binomialUpperTail, mcnemarExact } from '../../../domain/statistics/binomial.ts';
import { chiSquareQuantile, deviationUpperLimit } from '../../../domain/statistics/chi-square.ts';
import { normalCdf, normalQuantile } from '../../../domain/statistics/normal.ts';
import { exactUpperBound, wilsonInterval } from '../../../domain/statistics/proportion.ts';
import { percentiles, quantile } from '../../../domain/statistics/quantile.ts';
import { studentCdf, studentQuantile } from '../../../domain/statistics/student.ts';

function close(actual: number, expected: number, relative = 1e-12): void {
  const gap = Math.abs(actual - expected);
  assert.ok(gap <= relative * Math.abs(expected), `${actual} should be ${expected}`);
}

test('the normal distribution equals published values to twelve digits, far tails included', () => {
  close(normalCdf(-1.96), 0.024997895148220435);
  close(normalCdf(1), 0.8413447460685429);
  close(normalCdf(-8), 6.220960574271786e-16);
  close(normalQuantile(0.975), 1.959963984540054);
  close(normalQuantile(1e-10), -6.361340902404056);
  assert.equal(normalQuantile(0), -Infinity);
  assert.equal(normalQuantile(1), Infinity);
  assert.ok(Math.abs(normalQuantile(0.5)) < 1e-15);
});

test('the normal quantile inverts the distribution on both sides', () => {
  for (const p of [1e-8, 0.001, 0.2, 0.5, 0.8, 0.999]) close(normalCdf(normalQuantile(p)), p);
});

test('a quantile outside [0, 1] is refused', () => {
  assert.throws(() => normalQuantile(1.5), RangeError);
});

test("Student's t equals the tables, with one degree of freedom up to many", () => {
  close(studentQuantile(0.975, 1), 12.706204736174694);
  close(studentQuantile(0.975, 10), 2.2281388519862735, 1e-11);
  close(studentQuantile(0.05, 30), -1.6972608865939574, 1e-11);
  close(studentCdf(studentQuantile(0.9, 7), 7), 0.9);
  assert.equal(studentQuantile(0.5, 9), 0);
});

test('chi-square equals the tables and limits a standard deviation from above', () => {
  close(chiSquareQuantile(0.05, 1), 0.003932140000019522, 1e-10);
  close(chiSquareQuantile(0.95, 10), 18.307038053275146, 1e-11);
  const limit = deviationUpperLimit({ deviation: 2, df: 49, confidence: 0.8 });
  close(limit, 2 * Math.sqrt(49 / chiSquareQuantile(0.2, 49)));
  assert.ok(limit > 2 && limit < 2.3);
});

test('the binomial tail is the sum of its terms', () => {
  // P(X >= 8 | 10, 1/2) = (45 + 10 + 1) / 1024.
  close(binomialUpperTail({ count: 8, total: 10, rate: 0.5 }), 56 / 1024);
  assert.equal(binomialUpperTail({ count: 0, total: 10, rate: 0.5 }), 1);
  assert.equal(binomialUpperTail({ count: 11, total: 10, rate: 0.5 }), 0);
  close(incompleteBeta({ a: 2, b: 3, x: 0.4 }), 0.5248);
  close(incompleteBeta({ a: 2, b: 3, x: betaQuantile({ a: 2, b: 3, p: 0.3 }) }), 0.3);
});

test('exact McNemar of eight wins against two losses is 56 in 1024', () => {
  close(mcnemarExact({ wins: 8, losses: 2 }).greater, 56 / 1024);
  close(mcnemarExact({ wins: 2, losses: 8 }).twoSided, 112 / 1024);
  assert.deepEqual(mcnemarExact({ wins: 0, losses: 0 }), { greater: 1, twoSided: 1 });
});

test("Wilson's interval equals a hand computation and stays inside [0, 1]", () => {
  const ten = wilsonInterval({ rate: 0.5, total: 10 });
  close(ten.lower, 0.2365930905, 1e-9);
  close(ten.upper, 0.7634069095, 1e-9);
  const none = wilsonInterval({ rate: 0, total: 20 });
  assert.equal(none.lower, 0);
  close(none.upper, 0.1611251581, 1e-8);
});

test('with no event in n the exact bound is 1 - alpha^(1/n)', () => {
  close(exactUpperBound({ count: 0, total: 60, alpha: 0.05 }), 1 - 0.05 ** (1 / 60));
  assert.equal(exactUpperBound({ count: 5, total: 5, alpha: 0.05 }), 1);
});

test('quantiles interpolate between order statistics', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([], 0.5), null);
  assert.deepEqual(percentiles([10]), { p50: 10, p95: 10, p99: 10 });
  assert.equal(percentiles([]), null);
});
