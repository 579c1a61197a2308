import assert from 'node:assert/strict';
import { test } from 'node:test';
import { powerText } from '../../../client/cycle/power.ts';
import { expectedPower } from '../../../domain/promote/expected-power.ts';
import { primaryTest } from '../../../domain/promote/primary.ts';
import { guardrailPower, powerAt } from '../../../domain/promote/power.ts';
import { whyTuneOnly } from '../../../domain/promote/tune-only.ts';
import { createStream } from '../../../domain/statistics/stream.ts';
import { policyOf } from './gate-fixture.ts';

test('joint power is that of the gain and every guardrail that can be foretold', () => {
  const policy = policyOf({
    guardrails: [
      { metric: 'safety', direction: 'higher', margin: 0.2 },
      { metric: 'latency_ms', direction: 'lower', margin: 0.1 },
      { metric: 'tone', direction: 'higher', floor: 1, tolerated: 0.01 },
    ],
  });
  const power = expectedPower(policy, { clusters: 200, look: 1 });
  const primary = powerAt({ clusters: 200, delta: 0.1, margin: 0, alpha: 0.025 });
  const safety = guardrailPower({ clusters: 200, margin: 0.2, deviation: 0.5 });
  const errors = guardrailPower({ clusters: 200, margin: 0.02, deviation: Math.sqrt(0.02) });
  assert.deepEqual(
    power.guardrails.map(({ power: own }) => own),
    [safety, null, 0, errors],
  );
  assert.equal(power.joint.independent, 0, '3 / 200 is above the tolerated 1 %');
  const without = expectedPower(policyOf(), { clusters: 200, look: 1 });
  assert.ok(Math.abs(without.joint.independent - primary * errors) < 1e-12);
  assert.match(powerText(power).join('\n'), /latency_ms not foretold/);
  assert.match(powerText(power).join('\n'), /Low power/);
});

const at = (look: number) => expectedPower(policyOf(), { clusters: 150, look });

test('a later look sees less', () => {
  assert.equal(at(3).alpha, 0.05 / 8);
  assert.ok(at(3).primary < at(1).primary);
  assert.ok((at(3).detectable ?? 0) > (at(1).detectable ?? 1));
});

test('a strict gate is foretold as the bets that decide it, which see less', () => {
  const strict = expectedPower(policyOf({ strict: true }), { clusters: 300, look: 1 });
  const usual = expectedPower(policyOf(), { clusters: 300, look: 1 });
  assert.ok(usual.primary > 0.9);
  // 200 gates of 300 conversations with a true gain of 10 points, played by `primaryTest` itself.
  const stream = createStream('strict gates');
  const wins = Array.from({ length: 200 }, (_, run) => {
    const totals = Array.from({ length: 300 }, () => {
      const u = stream.uniform();
      return { sum: u < 0.175 ? 1 : u < 0.25 ? -1 : 0, size: 1 };
    });
    return primaryTest({ totals, margin: 0, alpha: 0.025, strict: true, seed: `${run}` }).wins;
  }).filter(Boolean).length;
  assert.ok(Math.abs(strict.primary - wins / 200) < 0.1, `${strict.primary}, played ${wins / 200}`);
  assert.ok((strict.detectable ?? 0) > (usual.detectable ?? 1));
});

test('fewer than 20 sealed clusters, or the spec, make a cycle tune only', () => {
  assert.equal(whyTuneOnly({ asked: false, open: 20, retired: 0 }), null);
  assert.match(whyTuneOnly({ asked: false, open: 12, retired: 0 }) ?? '', /12 sealed/);
  assert.match(whyTuneOnly({ asked: false, open: 0, retired: 90 }) ?? '', /90 .* opened/);
  assert.match(whyTuneOnly({ asked: true, open: 500, retired: 0 }) ?? '', /as the spec asks/);
});
