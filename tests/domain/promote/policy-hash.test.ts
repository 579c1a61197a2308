import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatePolicy } from '../../../contracts/spec.ts';
import { frozenHash, policyHash } from '../../../domain/promote/policy-hash.ts';

const fixed = {
  policy: gatePolicy.parse({}),
  primary: 'routing',
  splitSalt: 'salt',
  agent: 'router',
  models: { agent: 'a', judge: 'j' },
  adoption: 'promote',
};
const guardrail = { metric: 'safety', direction: 'higher', margin: 0.02 };

test('whatever the policy fixes when a cycle starts changes its hash, and with it the seeds', () => {
  const policies = [
    { alpha: 0.01 },
    { margin: 0.05 },
    { delta: 0.2 },
    { trials: 5 },
    { strict: true },
    { errorRateMargin: 0.01 },
    { judgeFloor: 0.4 },
    { guardrails: [guardrail] },
    { peopleCheck: {} },
  ].map((changed) => ({ ...fixed, policy: gatePolicy.parse(changed) }));
  const others = [
    { ...fixed, primary: 'safety' },
    { ...fixed, splitSalt: 'pepper' },
    { ...fixed, agent: 'other' },
    { ...fixed, models: { ...fixed.models, judge: 'k' } },
    { ...fixed, adoption: 'promote and approval' },
    { ...fixed, scorers: ['safety@1'] },
  ];
  const all = [fixed, ...policies, ...others];
  assert.equal(new Set(all.map(policyHash)).size, all.length);
  assert.equal(
    policyHash({ ...fixed, policy: gatePolicy.parse({ alpha: 0.05 }) }),
    policyHash(fixed),
  );
});

test('a freeze names both arms, judge, scorers and the sealed rows, in whatever order they are listed', () => {
  const frozen = { policyHash: 'p', incumbent: 'a', finalist: 'b', judge: 'j', sealed: ['1', '2'] };
  const others = [
    { ...frozen, policyHash: 'q' },
    { ...frozen, incumbent: 'c' },
    { ...frozen, finalist: 'c' },
    { ...frozen, judge: 'k' },
    { ...frozen, scorers: ['s'] },
    { ...frozen, sealed: ['1', '3'] },
  ];
  assert.equal(new Set([frozen, ...others].map(frozenHash)).size, others.length + 1);
  assert.equal(frozenHash({ ...frozen, sealed: ['2', '1'] }), frozenHash(frozen));
});
