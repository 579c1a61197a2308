import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreMean } from '../../../domain/statistics/mean.ts';
import { worthOfClusters } from '../../../domain/statistics/cluster-worth.ts';

const rows = (...groups: readonly (readonly number[])[]) =>
  groups.flatMap((values, group) => values.map((value) => ({ cluster: `c${group}`, value })));

test('rows without clusters need no worth: each is one', () => {
  assert.equal(worthOfClusters(rows([1], [0], [1])), null);
});

test('clusters of one size are worth less than the sandwich says where it finds no correlation', () => {
  // Half of each of 4 clusters of 4: the jackknife finds no spread at all. Between 0, within 1/3: the correlation is 0 and counts as 0.04.
  const none = worthOfClusters(rows([1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1]))!;
  assert.equal(none.clusters, 4);
  assert.equal(none.rows, 4);
  const spread = worthOfClusters(rows([1, 1, 1, 0], [0, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 0]))!;
  // Mean 1/2; cluster means 3/4, 1/4, 3/4, 1/4: v = 1/3 * sum (1/12)^2 * ... = 1/48, so 0.25 / v = 12.
  // Between 1/3, within 1/4: the correlation is 1/13 and counts as 1/13 + 0.04, so 16 / (1 + 3 * that) = 11.84.
  assert.ok(Math.abs(spread.rows - 16 / (1 + 3 * (1 / 13 + 0.04))) < 1e-9, String(spread.rows));
});

test('graded scores that hardly spread keep a narrow interval', () => {
  const groups = Array.from({ length: 20 }, (_, at) => [0.8, 0.82, 0.78 + (at % 3) / 100]);
  const { lower, upper } = scoreMean(rows(...groups))!;
  assert.ok(upper! - lower! < 0.02, `${lower} to ${upper}`);
});

test('the worth of unequal clusters equals a hand computation', () => {
  // Sizes 4, 1, 1: n = 6, sum m^2 = 18, so 6^2 / 18 = 2 equal clusters.
  const worth = worthOfClusters(rows([1, 1, 0, 0], [1], [0]))!;
  assert.equal(worth.clusters, 2);
  // The mean is 1/2; leaving one out gives 1/2, 2/5 and 3/5: v = 2/3 * 0.02, so 0.25 / v = 18.75.
  // Between 0.25, within 1/3, typical size 1.5: the correlation is 0 and counts as 0.1, so 6 / (1 + 2 * 0.1) = 5.
  assert.ok(Math.abs(worth.rows - 5) < 1e-12, String(worth.rows));
});

test('one large cluster makes the interval of a mean wider than the same rows in equal clusters', () => {
  const equal = scoreMean(rows([1, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]))!;
  const unequal = scoreMean(rows([1, 0, 1, 1, 1, 0, 1, 1, 1], [0], [1], [1]))!;
  assert.equal(equal.mean, unequal.mean);
  assert.ok(unequal.upper! - unequal.lower! > equal.upper! - equal.lower!);
});
