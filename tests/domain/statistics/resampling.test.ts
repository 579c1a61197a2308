import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mcnemarExact } from '../../../domain/statistics/binomial.ts';
import {
  bootstrapT,
  lowerBound,
  pAbove,
  upperBound,
} from '../../../domain/statistics/bootstrap.ts';
import { holm } from '../../../domain/statistics/holm.ts';
import { signFlip } from '../../../domain/statistics/sign-flip.ts';
import { createStream, permutation } from '../../../domain/statistics/stream.ts';

const singles = (...groups: readonly (readonly [count: number, sum: number])[]) =>
  groups.flatMap(([count, sum]) => Array.from({ length: count }, () => ({ sum, size: 1 })));

test('with up to 16 discordant single rows the sign flip is exact McNemar', () => {
  for (const [wins, losses] of [
    [8, 2],
    [12, 4],
    [3, 9],
    [5, 0],
    [0, 0],
  ] as const) {
    const flip = signFlip({ totals: singles([wins, 1], [losses, -1], [30, 0]), seed: 's' });
    const { greater } = mcnemarExact({ wins, losses });
    assert.ok(flip.exact);
    assert.ok(Math.abs(flip.p - greater) < 1e-12, `${wins}:${losses} ${flip.p} ${greater}`);
  }
});

test('beyond 16 discordant rows the drawn p agrees with McNemar within its error', () => {
  const { greater } = mcnemarExact({ wins: 30, losses: 18 });
  const flip = signFlip({ totals: singles([30, 1], [18, -1], [40, 0]), seed: 's' });
  assert.equal(flip.exact, false);
  const error = Math.sqrt((greater * (1 - greater)) / 20_000);
  assert.ok(Math.abs(flip.p - greater) < 4 * error, `${flip.p} against ${greater}`);
});

test('the flip recomputes t: three unequal clusters by hand', () => {
  const totals = [
    { sum: 2, size: 2 },
    { sum: 1, size: 1 },
    { sum: -0.5, size: 1 },
  ];
  // By hand t is 1.455 as observed and 6.110 with all signs positive; the next largest is 0.658.
  assert.equal(signFlip({ totals, seed: 's' }).p, 2 / 8);
});

test('equal positive clusters reach the smallest p there is, equal negative ones the largest', () => {
  assert.equal(signFlip({ totals: singles([10, 0.1]), seed: 's' }).p, 1 / 1024);
  assert.equal(signFlip({ totals: singles([10, -0.1]), seed: 's' }).p, 1);
  assert.equal(signFlip({ totals: singles([30, 0.3]), seed: 's' }).p, 1 / 20_001);
});

test('bootstrap-t bounds are the point itself when there is no spread', () => {
  const boot = bootstrapT({ totals: singles([20, 0.25]), seed: 's' });
  assert.equal(lowerBound(boot, 0.025), 0.25);
  assert.equal(upperBound(boot, 0.025), 0.25);
  assert.equal(pAbove(boot, 0.2), 0);
  assert.equal(pAbove(boot, 0.25), 1);
});

test('a resample without spread counts against the claim on either side', () => {
  // One win among 40: e^-1 of the resamples miss it and have se = 0.
  const boot = bootstrapT({ totals: singles([1, 1], [39, 0]), seed: 's', resamples: 2_000 });
  const share = boot.degenerate / 2_000;
  assert.ok(Math.abs(share - (39 / 40) ** 40) < 0.05, `${share}`);
  assert.equal(lowerBound(boot, 0.05), -Infinity);
  assert.equal(upperBound(boot, 0.05), Infinity);
});

test('p of the bootstrap is at most alpha exactly when its lower bound exceeds the value', () => {
  const stream = createStream('agreement of p and bound');
  for (let set = 0; set < 40; set += 1) {
    const totals = Array.from({ length: 25 }, () => ({
      sum: stream.uniform() - 0.35,
      size: 1 + stream.below(3),
    }));
    const boot = bootstrapT({ totals, seed: `set ${set}`, resamples: 999 });
    for (const alpha of [0.05, 0.025, 0.01])
      assert.equal(pAbove(boot, 0) <= alpha, lowerBound(boot, alpha) > 0, `set ${set} ${alpha}`);
  }
});

test('the same seed gives the same bounds, another seed others', () => {
  const totals = singles([12, 1], [7, -1], [30, 0]);
  const at = (seed: string) => lowerBound(bootstrapT({ totals, seed, resamples: 999 }), 0.05);
  assert.equal(at('a'), at('a'));
  assert.notEqual(at('a'), at('b'));
});

test('Holm multiplies the smallest p by the number of tests and never falls', () => {
  assert.deepEqual(holm({ a: 0.01, b: 0.04, c: 0.03 }), { a: 0.03, c: 0.06, b: 0.06 });
});

test('the stream is uniform and a permutation keeps every number', () => {
  const stream = createStream('uniform');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 20_000; draw += 1) {
    const place = stream.below(10);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const chi = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
  assert.ok(chi < 27.9, `chi-square ${chi} on 9 degrees of freedom`);
  assert.deepEqual(
    permutation(50, stream).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, index) => index),
  );
});
