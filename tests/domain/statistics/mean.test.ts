import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreMean, valueMean } from '../../../domain/statistics/mean.ts';
import { ratioEstimate } from '../../../domain/statistics/ratio.ts';
import { createStream } from '../../../domain/statistics/stream.ts';
import { studentQuantile } from '../../../domain/statistics/student.ts';

const rows = (...groups: readonly (readonly number[])[]) =>
  groups.flatMap((values, index) => values.map((value) => ({ cluster: `c${index}`, value })));

test('the ratio estimator equals a hand computation with unequal clusters', () => {
  const { theta, se, t } = ratioEstimate([
    { sum: 1, size: 1 },
    { sum: 1, size: 2 },
    { sum: 0, size: 1 },
  ]);
  // theta = 2/4; residuals 0.5, 0, -0.5; se = sqrt(3/2 * 0.5) / 4.
  assert.equal(theta, 0.5);
  assert.ok(Math.abs(se - Math.sqrt(0.75) / 4) < 1e-15);
  assert.ok(Math.abs(t - theta / se) < 1e-15);
});

test('equal clusters have no error and an infinite t; a single cluster has an infinite error', () => {
  assert.deepEqual(ratioEstimate([0.1, 0.1, 0.1].map((sum) => ({ sum, size: 1 }))).t, Infinity);
  assert.equal(
    ratioEstimate([
      { sum: 0, size: 1 },
      { sum: 0, size: 3 },
    ]).t,
    0,
  );
  assert.equal(ratioEstimate([{ sum: 1, size: 1 }]).se, Infinity);
});

test('a rate without clusters gets the Wilson interval', () => {
  const mean = scoreMean(rows([1], [1], [0], [1]));
  assert.equal(mean?.method, 'wilson');
  assert.equal(mean?.mean, 0.75);
});

test('rows repeated within clusters do not narrow the interval', () => {
  const once = scoreMean(rows(...Array.from({ length: 20 }, (_, g) => [g % 4 ? 1 : 0])));
  const thrice = scoreMean(
    rows(...Array.from({ length: 20 }, (_, g) => Array<number>(3).fill(g % 4 ? 1 : 0))),
  );
  assert.equal(thrice?.method, 'wilson-clustered');
  assert.ok((thrice?.lower ?? 1) <= (once?.lower ?? 0));
  assert.ok((thrice?.upper ?? 0) >= (once?.upper ?? 1));
});

test('scores without any spread keep an honest width', () => {
  const mean = scoreMean(rows([1, 1], [1], [1], [1]));
  assert.equal(mean?.upper, 1);
  assert.ok((mean?.lower ?? 1) < 0.5);
  assert.deepEqual(scoreMean(rows([0.4, 0.6]))?.method, 'none');
  assert.equal(scoreMean([]), null);
});

test('the mean of other values uses Student with clusters minus one degrees of freedom', () => {
  const mean = valueMean(rows([10], [20], [60]));
  const se = Math.sqrt((400 + 100 + 900) / 2 / 3);
  assert.equal(mean?.mean, 30);
  assert.ok(Math.abs((mean?.upper ?? 0) - (30 + studentQuantile(0.975, 2) * se)) < 1e-9);
  assert.deepEqual(valueMean(rows([5], [5]))?.lower, null);
});

test('the clustered interval of a rate covers the truth in 92 to 99 of 100 data sets', () => {
  const stream = createStream('coverage of a clustered rate');
  const truth = 0.85;
  let covered = 0;
  const sets = 600;
  for (let set = 0; set < sets; set += 1) {
    const groups = Array.from({ length: 30 }, () => {
      // Half of the clusters share one outcome, half draw each row anew.
      const shared = stream.uniform() < truth ? 1 : 0;
      const joint = stream.uniform() < 0.5;
      return Array.from({ length: 1 + stream.below(5) }, () =>
        joint ? shared : stream.uniform() < truth ? 1 : 0,
      );
    });
    const mean = scoreMean(rows(...groups));
    if (mean !== null && (mean.lower ?? 1) <= truth && truth <= (mean.upper ?? 0)) covered += 1;
  }
  assert.ok(covered / sets >= 0.92 && covered / sets <= 0.99, `covered ${covered} of ${sets}`);
});
