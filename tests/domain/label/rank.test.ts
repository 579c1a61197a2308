import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, selectItems } from '../../../domain/label/select.ts';

const candidate = (example: string, more: Partial<Candidate> = {}): Candidate => ({
  example,
  outputHash: 'h',
  traceId: `t-${example}`,
  part: 'align-labels',
  score: 1,
  ...more,
});

const chosen = (candidates: readonly Candidate[], policy: 'uncertain' | 'diverse', share: number) =>
  selectItems(candidates, { policy: { policy, share }, method: 'held-out', seed: 's' });

test('the judge that contradicts itself most is asked about first, one score alone comes last, and no item has a weight', () => {
  const spreads = { calm: 0, torn: 1, unsure: 0.5, once: null, doubtful: 0.25 };
  const items = Object.entries(spreads).map(([name, spread]) => candidate(name, { spread }));
  const names = (share: number): readonly string[] =>
    chosen(items, 'uncertain', share)
      .map(({ example }) => example)
      .sort();
  assert.deepEqual(names(0.2), ['torn']);
  assert.deepEqual(names(0.6), ['doubtful', 'torn', 'unsure']);
  assert.deepEqual(names(0.8), ['calm', 'doubtful', 'torn', 'unsure']);
  assert.ok(chosen(items, 'uncertain', 0.6).every(({ weight }) => weight === null));
});

test('texts that differ most are asked about: one of each kind before a second of any', () => {
  const kinds = ['my bill is too high', 'the network is gone', 'roaming in spain please'];
  const items = Array.from({ length: 30 }, (_, at) =>
    candidate(`e${at}`, { text: `${kinds[at % 3]!} ${at}` }),
  );
  const three = chosen(items, 'diverse', 0.1);
  assert.equal(three.length, 3);
  const found = new Set(three.map(({ example }) => Number(example.slice(1)) % 3));
  assert.equal(found.size, 3, 'a draw of three has one of each kind in two of nine cases only');
  assert.ok(three.every(({ weight, reason }) => weight === null && reason === 'unlike the others'));
});

test('items that test the judge are a random sample whatever the policy, with their weights', () => {
  const items = Array.from({ length: 40 }, (_, at) =>
    candidate(`e${at}`, { part: at % 2 === 0 ? 'judge-test' : 'align-labels', spread: at / 40 }),
  );
  const tests = chosen(items, 'uncertain', 0.25).filter(({ part }) => part === 'judge-test');
  assert.deepEqual(
    tests.map(({ weight }) => weight),
    [4, 4, 4, 4, 4],
  );
});
