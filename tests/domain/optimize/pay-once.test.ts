import { test } from 'node:test';
import assert from 'node:assert/strict';
import { climbing, ids, pairsOf, play } from './world.ts';

test('mend 2: no pair is asked twice in durable mode, where the reference pays hundreds again', () => {
  const settings = { budget: 400 } as const;
  const durable = play(climbing, { settings });
  const pairs = pairsOf(durable.asks);
  assert.equal(new Set(pairs).size, pairs.length);
  assert.equal(durable.result.totals.duplicates, 0);
  assert.equal(durable.result.totals.rollouts, pairs.length);

  const reference = play(climbing, { settings: { ...settings, mode: 'reference' } });
  const paid = pairsOf(reference.asks);
  assert.ok(paid.length - new Set(paid).size > 50);
  assert.ok(reference.result.totals.duplicates > 50);
});

test('mend 2: a validation set that is the training set is paid once', () => {
  const shared = ids('x', 8);
  const { asks } = play(climbing, { input: { train: shared, validation: shared } });
  const pairs = pairsOf(asks);
  assert.equal(new Set(pairs).size, pairs.length);
  assert.ok(
    asks.every((ask) => ask.kind === 'reflect' || ask.traces),
    'reflection will need spans',
  );
});

test('mend 2: results of the seed that are paid already are neither asked nor charged', () => {
  const known = Object.fromEntries(
    [...ids('t', 12), ...ids('v', 10)].map((id) => [
      id,
      { score: Number(climbing.score({ prompt: 'seed' }, id)) },
    ]),
  );
  const { asks, state, result } = play(climbing, { input: { known } });
  assert.ok(pairsOf(asks).every((pair) => !pair.startsWith(state.seed)));
  assert.equal(result.totals.rollouts, pairsOf(asks).length);
  assert.equal(result.incumbent.mean, play(climbing).result.incumbent.mean);
});
