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

test('the estimate counts every phase: label parts, both tuned parts, the budget, and the gate twice with its trials', () => {
  const [agent, judge, reflection] = estimateCycle(spec, sizes, () => 'gpt-4.1-mini');
  assert.equal(agent?.calls, 200 + 600 + 2 * 2 * 100);
  assert.equal(judge?.calls, agent?.calls);
  assert.equal(reflection?.calls, 100);
  assert.equal(agent?.inputTokens, (1200 * 600) / 4);
  const usd = (180_000 * 0.4 + 1200 * 80 * 1.6) / 1_000_000;
  assert.ok(Math.abs((agent?.usd ?? 0) - usd) < 1e-9);
});

test('a model without a known price is marked, and adds nothing that was made up', () => {
  const lines = estimateCycle(spec, sizes, () => 'my-own-model');
  assert.ok(lines.every(({ priced, usd }) => !priced && usd === 0));
});
