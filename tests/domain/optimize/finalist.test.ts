import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chance, play } from './world.ts';
import type { World } from './world.ts';

test('mend 6: without a candidate above the incumbent there is no finalist, and the reason is said', () => {
  const noise: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed' || example.startsWith('t')
        ? chance(`${texts['prompt']} ${example}`)
        : 0,
    propose: ({ proposal }) => `noise ${proposal}`,
  };
  const { result } = play(noise);
  assert.ok(result.candidates.length > 1);
  assert.deepEqual(result.finalist, {
    candidate: null,
    reason: 'no candidate exceeds the incumbent on paired validation',
  });
});

test('mend 6: of candidates with equal means the shortest text is the finalist', () => {
  const world: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed'
        ? 0
        : example.startsWith('v')
          ? 0.5
          : texts['prompt']!.length / 100,
    propose: ({ proposal }) => 'x'.repeat(1 + proposal),
  };
  const { result, state } = play(world);
  const { finalist } = result;
  assert.ok(finalist.candidate !== null);
  const lengths = result.candidates
    .slice(1)
    .map(({ components }) => state.texts[components['prompt']!]!);
  assert.equal(state.texts[state.candidates[finalist.candidate]!['prompt']!], Math.min(...lengths));
  assert.equal(finalist.paired.mean, 0.5);
  assert.equal(finalist.paired.n, 10);
});

test('mend 6: equal scores in another order are a tie, though they add up to another last bit', () => {
  const world: World = {
    score: (texts, example) => {
      const { length } = texts['prompt']!;
      if (texts['prompt'] === 'seed') return 0;
      const place = Number(example.slice(1)) + length;
      return example.startsWith('v') ? (place % 10) / 10 : length / 100;
    },
    propose: ({ proposal }) => 'x'.repeat(1 + proposal),
  };
  const { result, state } = play(world);
  const { finalist } = result;
  const children = result.candidates.slice(1);
  assert.ok(new Set(children.map(({ mean }) => mean)).size > 1, 'the last bits differ');
  const lengths = children.map(({ components }) => state.texts[components['prompt']!]!);
  assert.ok(finalist.candidate !== null);
  assert.equal(state.texts[state.candidates[finalist.candidate]!['prompt']!], Math.min(...lengths));
});

test('mend 6: a lead within so many standard errors is refused', () => {
  const world: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed' ? 0 : example.startsWith('t') || example === 'v0' ? 1 : 0,
    propose: ({ proposal }) => `child ${proposal}`,
  };
  assert.ok(play(world).result.finalist.candidate !== null);
  const strict = play(world, { settings: { standardErrors: 1 } });
  assert.match(JSON.stringify(strict.result.finalist), /by more than 1 standard error"/);
});
