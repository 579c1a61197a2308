import { test } from 'node:test';
import assert from 'node:assert/strict';
import { climbing, pairsOf, play, without } from './world.ts';

test('mend 3: the budget is never overshot, by whatever size; the reference overshoots it', () => {
  for (let budget = 26; budget < 90; budget++) {
    const { result, asks } = play(climbing, { settings: { budget } });
    assert.ok(result.totals.rollouts <= budget, `${result.totals.rollouts} of ${budget}`);
    assert.equal(result.totals.rollouts, pairsOf(asks).length);
    assert.equal(result.stop.reason, 'budget');
  }
  const { result } = play(climbing, { settings: { mode: 'reference', budget: 30 } });
  assert.ok(result.totals.rollouts > 30);
});

test('mend 3: a budget below one full step is refused at the start with the number it takes', () => {
  assert.throws(() => play(climbing, { settings: { budget: 25 } }), {
    name: 'OptimizeBudgetError',
    budget: 25,
    needed: 26,
    message: /too small for one full step, which takes 26/,
  });
  assert.ok(play(climbing, { settings: { budget: 25, ...without('reserveBudget') } }));
});
