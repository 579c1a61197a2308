import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bettingTest } from '../../../domain/statistics/betting.ts';
import { createStream } from '../../../domain/statistics/stream.ts';

const at = { margin: 0, alpha: 0.025, seed: 's' };
const singles = (sums: readonly number[]) => sums.map((sum) => ({ sum, size: 1 }));

test('ten wins without a loss multiply each stake by itself', () => {
  const { wealth, p } = bettingTest({ ...at, totals: singles(Array<number>(10).fill(1)) });
  const expected = (1.5 ** 10 + 1.75 ** 10) / 2;
  assert.ok(Math.abs(wealth - expected) < 1e-9 * expected);
  assert.equal(p, 1 / wealth);
});

test('the lower bound exceeds the margin exactly when the wealth reaches 1 / alpha', () => {
  const stream = createStream('betting agreement');
  for (let set = 0; set < 200; set += 1) {
    const totals = Array.from({ length: 30 }, () => {
      const size = 1 + stream.below(3);
      return { sum: (stream.uniform() * 2 - 0.7) * size, size };
    });
    const bet = bettingTest({ ...at, totals, seed: `${set}` });
    assert.equal(bet.p <= at.alpha, bet.lower > at.margin, `set ${set}`);
  }
});

test('at the margin it wins in at most alpha of the data sets, with rare large losses too', () => {
  const stream = createStream('betting null');
  const sets = 2_000;
  for (const loss of [0.05, 0.1, 0.2]) {
    const gain = (loss * 0.9) / (1 - loss);
    let wins = 0;
    for (let set = 0; set < sets; set += 1) {
      const sums = Array.from({ length: 30 }, () => (stream.uniform() < loss ? -0.9 : gain));
      const totals = singles(sums);
      if (bettingTest({ ...at, totals, seed: `${set}` }).p <= at.alpha) wins += 1;
    }
    assert.ok(wins / sets <= 0.025 + 2 * Math.sqrt((0.025 * 0.975) / sets), `${wins} of ${sets}`);
  }
});
