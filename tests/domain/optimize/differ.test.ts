import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceByChance, type Draws } from '../../../domain/optimize/differ.ts';
import { createRandom } from '../../../domain/random.ts';

test('answers that are another under another text are no chance', () => {
  const rows: Draws[] = ['a', 'b', 'c'].map(() => ({
    one: Array<string>(5).fill('{"route":"billing"}'),
    other: Array<string>(5).fill('{"route":"general"}'),
  }));
  assert.ok(differenceByChance(rows, 1) < 0.002);
});

test('answers that are always alike, and none at all, show nothing', () => {
  const same = Array<string>(5).fill('{"route":"billing"}');
  assert.equal(differenceByChance([{ one: same, other: same }], 1), 1);
  assert.equal(differenceByChance([{ one: [], other: same }], 1), 1);
  assert.equal(differenceByChance([], 1), 1);
});

test('an agent that draws its answers whatever the text is found to differ as rarely as is promised', () => {
  const random = createRandom(7);
  const words = 'plan bill price late phone refund order card slow open closed lost'.split(' ');
  const answer = (): string => random.sample(words, 4).join(' ');
  const draws = (): string[] => Array.from({ length: 5 }, answer);
  let found = 0;
  for (let n = 0; n < 200; n++) {
    const rows = Array.from({ length: 3 }, () => ({ one: draws(), other: draws() }));
    if (differenceByChance(rows, n) < 0.05) found++;
  }
  assert.ok(found <= 20, `${found} of 200 at 0.05`);
});

test('free answers that share fewer words across texts than within are told apart', () => {
  const random = createRandom(3);
  const draws = (words: readonly string[]): string[] =>
    Array.from({ length: 5 }, () => random.sample(words, 3).join(' '));
  const rows = Array.from({ length: 3 }, () => ({
    one: draws(['plan', 'bill', 'price', 'late']),
    other: draws(['dog', 'cat', 'bird', 'late']),
  }));
  assert.ok(differenceByChance(rows, 1) < 0.005);
});
