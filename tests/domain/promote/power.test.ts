import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  detectable,
  guardrailPower,
  jointPower,
  pairsForPower,
  powerAt,
} from '../../../domain/promote/power.ts';

const first = { margin: 0, alpha: 0.025 };

test('pairs for 80 % power at the first look are those of the specification', () => {
  const pairs = [0.05, 0.1, 0.15, 0.2].map((delta) =>
    Math.round(pairsForPower({ ...first, delta })),
  );
  assert.deepEqual(pairs, [777, 188, 79, 41]);
});

test('at the pairs for 80 % power the power is 80 %', () => {
  for (const delta of [0.05, 0.1, 0.15]) {
    const clusters = pairsForPower({ ...first, delta });
    assert.ok(Math.abs(powerAt({ ...first, delta, clusters }) - 0.8) < 0.001);
  }
});

test('betting needs more: 45 clusters see +20 less often than the normal formula says, 12 never', () => {
  const power = powerAt({ ...first, delta: 0.2, clusters: 45 });
  assert.ok(power > 0.3 && power < 0.8, `${power}`);
  assert.equal(powerAt({ ...first, delta: 0.2, clusters: 12 }), 0);
  assert.equal(powerAt({ ...first, delta: 0, clusters: 100 }), 0);
});

test('the detectable difference falls with the clusters and has 80 % power', () => {
  const at = detectable({ ...first, clusters: 188 });
  assert.ok(Math.abs((at ?? 0) - 0.1) < 0.001, `${at}`);
  assert.ok((detectable({ ...first, clusters: 60 }) ?? 0) > 0.1);
  assert.equal(detectable({ ...first, clusters: 12 }), null);
  assert.ok((detectable({ ...first, clusters: 40 }) ?? 0) > 0.2);
});

test('joint power lies between the Bonferroni floor and the product', () => {
  const joint = jointPower([0.8, 0.9]);
  assert.ok(Math.abs(joint.independent - 0.72) < 1e-12);
  assert.ok(Math.abs(joint.atLeast - 0.7) < 1e-12);
  assert.equal(jointPower([0.4, 0.4]).atLeast, 0);
});

test('a guardrail that never varies always holds; a tight one seldom', () => {
  assert.equal(guardrailPower({ clusters: 50, margin: 0.02, deviation: 0 }), 1);
  assert.ok(guardrailPower({ clusters: 50, margin: 0.02, deviation: 0.3 }) < 0.15);
});
