import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chance, climbing, play, without } from './world.ts';
import type { World } from './world.ts';

const flaky = (share: number): World => ({
  ...climbing,
  score: (texts, example) =>
    chance(`${example} ${Object.values(texts).join()} dropped`) < share
      ? { unscored: 'the judge did not answer' }
      : climbing.score(texts, example),
});

test('mend 1: an unscored pair is left out of every mean and reported, never a score of 0', () => {
  const world = flaky(0.15);
  const { result, events } = play(world);
  assert.ok(result.totals.unscored['the judge did not answer']! > 0);
  const seed = events.find((event) => event.kind === 'seed')!;
  assert.ok(seed.scores.includes(null));
  const scores = seed.scores.filter((score) => score !== null);
  assert.equal(seed.mean, scores.reduce((a, b) => a + b, 0) / scores.length);
  for (const event of events) if (event.kind === 'reject') assert.ok(event.newSum <= event.oldSum);

  const zeroed = play(world, { settings: without('leaveOutUnscored') });
  const first = zeroed.events.find((event) => event.kind === 'seed')!;
  assert.ok(!first.scores.includes(null));
  assert.ok(first.mean! < seed.mean, 'without the mend the lost pairs count as failures');
});

test('mend 1: parent and child are compared on the examples that are scored for both', () => {
  const world: World = {
    score: (texts, example) => {
      const child = texts['prompt'] !== 'seed';
      if (example.startsWith('v')) return child ? 1 : 0;
      if (child && example === 't0') return { unscored: 'the connection broke' };
      return example === 't0' ? 1 : 0;
    },
    propose: ({ proposal }) => `child ${proposal}`,
  };
  const input = { train: 3, settings: { acceptance: 'improvement_or_equal' } } as const;
  const kept = play(world, input);
  assert.ok(kept.result.finalist.candidate !== null, 'equal on t1 and t2: accepted');
  const { result } = play(world, {
    ...input,
    settings: without('leaveOutUnscored', input.settings),
  });
  assert.equal(
    result.finalist.candidate,
    null,
    'without the mend the lost pair rejects every child',
  );
});
