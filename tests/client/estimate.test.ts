import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cycleSpec } from '../../contracts/spec.ts';
import { estimateCycle } from '../../client/cycle/estimate.ts';

const spec = cycleSpec.parse({
  cycle: 'c',
  dataset: 'd',
  agent: 'a',
  prompts: { p: null },
  judge: 'j',
  optimize: { budget: 600, minibatch: 3 },
  gate: { trials: 2 },
});
const sizes = {
  rows: { 'align-labels': 60, 'judge-test': 30, train: 60, validation: 50, sealed: 100 },
  prompts: 400,
  inputs: 200,
  instructions: [400],
};

test('the estimate counts every phase: label parts, both tuned parts, the alignment, the budget, and the gate twice with its trials', () => {
  const [agent, judge, reflection, teaching] = estimateCycle(spec, sizes, () => 'gpt-4.1-mini');
  assert.equal(agent?.calls, 200 + 600 + 2 * 2 * 100);
  assert.equal(judge?.calls, 1200 + 2 * 90, 'two verdicts a labelled item');
  assert.equal(reflection?.calls, 100);
  assert.equal(teaching?.calls, 6 * (2 + 1), 'cross-fitted, at most');
  assert.equal(agent?.inputTokens, (1200 * 600) / 4);
  const usd = (180_000 * 0.4 + 1200 * 80 * 1.6) / 1_000_000;
  assert.ok(Math.abs((agent?.usd ?? 0) - usd) < 1e-9);
});

test('only the judge is aligned, not the other scorers; a search on its own aligns nothing', () => {
  const two = estimateCycle(spec, { ...sizes, instructions: [400, 300] }, () => 'm');
  assert.deepEqual(
    two.map(({ role, calls }) => [role, calls]),
    [
      ['agent', 1200],
      ['judge', 1380],
      ['judge', 1200],
      ['reflection', 100],
      ['reflection', 18],
    ],
  );
  const alone = estimateCycle(spec, { ...sizes, rows: { train: 60, validation: 50 } }, () => 'm');
  assert.deepEqual(
    alone.map(({ calls }) => calls),
    [710, 710, 100],
  );
});

test('a judge whose instructions are searched for costs the budget of that search, for each fold too', () => {
  const align = { ...spec.align, aligner: 'gepa' as const, budget: 60 };
  const [, judge, , searching] = estimateCycle({ ...spec, align }, sizes, () => 'm');
  assert.deepEqual([judge?.calls, searching?.calls], [1380 + 6 * 60, 6 * 10]);
});

test('a model without a known price is marked, and adds nothing that was made up', () => {
  const lines = estimateCycle(spec, sizes, () => 'my-own-model');
  assert.ok(lines.every(({ priced, usd }) => !priced && usd === 0));
});
