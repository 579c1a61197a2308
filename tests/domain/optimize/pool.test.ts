import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { OptimizeSettings } from '../../../domain/optimize/options.ts';
import { candidateOf, chance, climbing, play, without } from './world.ts';
import type { World } from './world.ts';

test('mend 7: merge draws an ancestor uniformly when every weight is 0; the reference dies there', () => {
  const world: World = {
    score: (texts, example) => {
      if (Object.values(texts).every((text) => text === 'seed')) return 0;
      const [a, b] = [texts['a']!, texts['b']!].map((text) => text !== 'seed');
      const odd = Number(example.slice(1)) % 2 === 1;
      return (a && odd) || (b && !odd) ? 1 : 0;
    },
    propose: ({ proposal }) => `rule ${proposal}`,
  };
  const setting = {
    seed: { a: 'seed', b: 'seed' },
    settings: {
      merge: { max: 5 },
      budget: 400,
      sampling: { kind: 'same_parent', n: 2 },
    } as OptimizeSettings,
  };
  const { result, events } = play(world, setting);
  assert.ok(events.some((event) => event.kind === 'merge_accept'));
  assert.equal(result.best?.mean, 1);
  assert.throws(
    () => play(world, { ...setting, settings: without('evenAncestors', setting.settings) }),
    /weights add up to 0/,
  );
});

test('mend 7: no candidate that loses a named example is accepted', () => {
  const world: World = {
    score: (texts, example) => {
      if (texts['prompt'] === 'seed') return example === 'v3' ? 1 : 0;
      return example === 'v3' && chance(texts['prompt']!) < 0.5 ? 0 : 1;
    },
    propose: ({ proposal }) => `child ${proposal}`,
  };
  const free = play(world, { settings: { budget: 300 } });
  const kept = play(world, { settings: { budget: 300, keep: ['v3'] } });
  const losers = ({ events }: typeof free) =>
    events.filter((event) => event.kind === 'val' && event.scores[3] === 0).length;
  assert.ok(losers(free) > 0);
  assert.equal(losers(kept), 0);
  assert.ok(kept.result.totals.dropped['regression']! > 0);
  assert.throws(
    () => play(world, { settings: { keep: ['v99'] } }),
    /"v99" is not a validation example/,
  );
});

test('earlier candidates are validated beside the seed and take part', () => {
  const warm = [candidateOf({ prompt: 'level 9' }), candidateOf({ prompt: 'level 3' })];
  const { result, events } = play(
    {
      ...climbing,
      score: (texts, example) => climbing.score({ prompt: texts['prompt'] ?? 'level 9' }, example),
    },
    { input: { warm } },
  );
  assert.equal(events.filter((event) => event.kind === 'val' && event.iteration === 0).length, 2);
  assert.deepEqual(
    result.candidates.slice(0, 3).map(({ parents }) => parents),
    [[], [], []],
  );
});
