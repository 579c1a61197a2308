import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStream } from '../../../domain/statistics/stream.ts';
import {
  evidence,
  mustRollBack,
  observe,
  startWatch,
  watched,
  WatchRangeError,
  weightedDifference,
} from '../../../domain/promote/watch.ts';

const ALPHA = 0.05;

test('one loss multiplies each stake by itself', () => {
  const after = observe(startWatch(0), -1);
  assert.ok(Math.abs(evidence(after) - (1.1 + 1.25 + 1.5 + 1.75) / 4) < 1e-12);
  assert.equal(after.observations, 1);
});

test('a prompt exactly as bad as tolerated is rolled back in at most alpha of the watches', () => {
  const stream = createStream('watch null');
  let rolled = 0;
  const watches = 1_000;
  for (let watch = 0; watch < watches; watch += 1) {
    let state = startWatch(0.1);
    for (let seen = 0; seen < 200; seen += 1)
      state = observe(state, stream.uniform() < 0.55 ? -1 : 1);
    if (mustRollBack(state, ALPHA)) rolled += 1;
  }
  assert.ok(
    rolled / watches <= ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / watches),
    `${rolled}`,
  );
});

test('a prompt worse by 30 points is rolled back within 150 conversations', () => {
  const stream = createStream('watch worse');
  let rolled = 0;
  for (let watch = 0; watch < 200; watch += 1) {
    let state = startWatch(0.02);
    for (let seen = 0; seen < 150; seen += 1) {
      const u = stream.uniform();
      state = observe(state, u < 0.4 ? -1 : u < 0.5 ? 1 : 0);
    }
    if (mustRollBack(state, ALPHA)) rolled += 1;
  }
  assert.ok(rolled > 190, `${rolled} of 200`);
});

test('once reached, the alarm stays', () => {
  let state = startWatch(0);
  for (let loss = 0; loss < 12; loss += 1) state = observe(state, -1);
  assert.ok(mustRollBack(state, ALPHA));
  for (let gain = 0; gain < 12; gain += 1) state = observe(state, 1);
  assert.ok(evidence(state) < 20 && mustRollBack(state, ALPHA));
});

test('weighted differences lie in [-1, 1] and average to the scaled difference', () => {
  const chance = 0.2;
  const at = (isNew: boolean, score: number) => weightedDifference({ isNew, score, chance });
  const { d, scale } = at(true, 1);
  assert.equal(d, 1);
  assert.equal(scale, 5);
  const mean = chance * at(true, 0.8).d + (1 - chance) * at(false, 0.5).d;
  assert.ok(Math.abs(mean * scale - 0.3) < 1e-12);
});

test('values out of range are refused', () => {
  assert.throws(() => observe(startWatch(0), 1.2), WatchRangeError);
  assert.throws(() => weightedDifference({ isNew: true, score: 2, chance: 0.5 }), WatchRangeError);
  assert.throws(() => weightedDifference({ isNew: true, score: 1, chance: 1 }), WatchRangeError);
});

test('randomized traffic of a prompt exactly as bad as tolerated is rolled back in at most alpha of the watches', () => {
  const stream = createStream('traffic null');
  const [watches, alpha, tolerance] = [1_000, 0.05, 0.1];
  let rolledBack = 0;
  for (let watch = 0; watch < watches; watch += 1) {
    let state = startWatch(tolerance);
    for (let i = 0; i < 150; i += 1) {
      const chance = 0.2 + 0.6 * stream.uniform();
      const isNew = stream.uniform() < chance;
      const score = stream.uniform() < (isNew ? 0.6 : 0.7) ? 1 : 0;
      const { d, scale } = weightedDifference({ score, isNew, chance });
      state = observe(state, d, tolerance / scale);
    }
    if (mustRollBack(state, alpha)) rolledBack += 1;
  }
  const error = Math.sqrt((alpha * (1 - alpha)) / watches);
  assert.ok(rolledBack / watches <= alpha + 2 * error, `${rolledBack} of ${watches}`);
});

test('observations replayed in their order come to the same evidence', () => {
  const observations = [0.5, -1, 0, -0.25].map((difference) => ({ difference, tolerance: 0.1 }));
  const direct = observations.reduce((state, at) => observe(state, at.difference), startWatch(0.1));
  assert.deepEqual(watched(0.1, observations), direct);
  assert.throws(() => watched(0.1, [{ difference: 0, tolerance: 0.2 }]), {
    name: 'WatchRangeError',
  });
});
