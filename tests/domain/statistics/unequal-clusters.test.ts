import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreMean } from '../../../domain/statistics/mean.ts';
import { worthOfUnequal } from '../../../domain/statistics/unequal-clusters.ts';

const rows = (...groups: readonly (readonly number[])[]) =>
  groups.flatMap((values, group) => values.map((value) => ({ cluster: `c${group}`, value })));

test('clusters of one size are worth what the sandwich says: nothing is added', () => {
  assert.equal(worthOfUnequal(rows([1, 0], [0, 0], [1, 1])), null);
});

test('the worth of unequal clusters equals a hand computation', () => {
  // Sizes 4, 1, 1: n = 6, sum m^2 = 18, so 6^2 / 18 = 2 equal clusters.
  const worth = worthOfUnequal(rows([1, 1, 0, 0], [1], [0]))!;
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
