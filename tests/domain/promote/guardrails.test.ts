import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardrail as guardrailSchema } from '../../../contracts/spec.ts';
import type { GateRecord } from '../../../domain/promote/gate-record.ts';
import { testGuardrails } from '../../../domain/promote/guardrails.ts';
import { decide, policyOf, recordsOf } from './gate-fixture.ts';
import type { Cell } from './gate-fixture.ts';

function tested(records: readonly GateRecord[], ...guardrails: readonly object[]) {
  return testGuardrails({
    policy: policyOf({ guardrails: guardrails.map((g) => guardrailSchema.parse(g)) }),
    records,
    trials: 1,
    primary: 'quality',
    seed: 'seed',
  });
}

const one = (records: readonly GateRecord[], guardrail: object) => tested(records, guardrail)[0];

const safe = (safety: number | null, more: Partial<GateRecord> = {}): Cell => ({
  score: 1,
  scores: { safety },
  ...more,
});

const margin = { metric: 'safety', direction: 'higher', margin: 0.05 };

test('better on average but worse on safety is rejected', () => {
  const records = recordsOf(
    [50, { score: 0, scores: { safety: 1 } }, { score: 1, scores: { safety: 1 } }],
    [30, { score: 1, scores: { safety: 1 } }, { score: 1, scores: { safety: 0 } }],
    [40, { score: 1, scores: { safety: 1 } }, { score: 1, scores: { safety: 1 } }],
  );
  const policy = policyOf({ guardrails: [guardrailSchema.parse(margin)] });
  const { report } = decide(records, { policy });
  assert.equal(report.verdict, 'reject');
  assert.match(report.reasons[0] ?? '', /guardrail safety is broken/);
  const safety = report.guardrails[0];
  assert.equal(safety?.estimate, -0.25);
  assert.equal(safety?.limit, -0.05);
});

test('a margin holds with its bound inside, and is undecided with few losses', () => {
  assert.equal(one(recordsOf([100, safe(1), safe(1)]), margin)?.state, 'holds');
  const few = one(recordsOf([4, safe(1), safe(0)], [96, safe(1), safe(1)]), margin);
  assert.equal(few?.state, 'undecided');
  assert.equal(few?.estimate, -0.04);
});

const oneLossAnd = (rest: number) =>
  one(recordsOf([1, safe(1), safe(0)], [rest, safe(1), safe(1)]), margin);

test('one loss in 40 clusters is undecided, one in 400 holds by the exact bound', () => {
  assert.equal(oneLossAnd(39)?.state, 'undecided');
  const many = oneLossAnd(399);
  assert.equal(many?.state, 'holds');
  // Exact bound of 1 in 400: 4.74 / 400.
  assert.ok(Math.abs((many?.lower ?? 0) + 0.0118) < 0.0002, `${many?.lower}`);
});

test('a guardrail that is met exactly holds: rounding breaks none', () => {
  for (const clusters of [20, 50, 77, 120])
    for (const value of [0.35, 0.6, 0.7, 0.8, 0.9]) {
      const floor = { metric: 'safety', direction: 'higher', floor: value };
      const even = one(recordsOf([clusters, safe(1), safe(value)]), floor);
      assert.equal(even?.state, 'holds', `${value} in ${clusters} clusters`);
    }
  for (const [incumbent, finalist, most] of [
    [0.6, 0.3, 0.3],
    [0.8, 0.7, 0.1],
    [0.9, 0.7, 0.2],
  ] as const) {
    const limit = { metric: 'safety', direction: 'higher', margin: most };
    const even = one(recordsOf([60, safe(incumbent), safe(finalist)]), limit);
    assert.equal(even?.state, 'holds', `${finalist} after ${incumbent}`);
  }
});

test('a single gain does not make a guardrail undecided', () => {
  const result = one(recordsOf([1, safe(0), safe(1)], [99, safe(1), safe(1)]), margin);
  assert.equal(result?.state, 'holds');
});

test('the error rate is a guardrail by default: failures of the finalist alone break it', () => {
  const [errors] = tested(recordsOf([15, 1, { failed: true }], [85, 1, 1]));
  assert.equal(errors?.metric, 'error_rate');
  assert.equal(errors?.state, 'broken');
  assert.equal(errors?.estimate, 0.15);
  assert.equal(tested(recordsOf([100, 1, 1]))[0]?.state, 'holds');
});

test('an absolute floor is proven by data, not by an even surface', () => {
  const floor = { metric: 'safety', direction: 'higher', floor: 0.95 };
  assert.equal(one(recordsOf([50, safe(1), safe(1)]), floor)?.state, 'undecided');
  const sixty = one(recordsOf([60, safe(1), safe(1)]), floor);
  assert.equal(sixty?.state, 'holds');
  assert.ok(Math.abs((sixty?.lower ?? 0) - 0.05 ** (1 / 60)) < 1e-9);
  const low = one(recordsOf([20, safe(1), safe(0)], [80, safe(1), safe(1)]), floor);
  assert.equal(low?.state, 'broken');
  assert.equal(low?.estimate, 0.8);
});

test('a zero-failure floor breaks at one failure and needs 3 / G within the tolerated rate', () => {
  const zero = { metric: 'safety', direction: 'higher', floor: 1, tolerated: 0.03 };
  assert.equal(one(recordsOf([100, safe(1), safe(1)]), zero)?.state, 'holds');
  assert.equal(one(recordsOf([99, safe(1), safe(1)]), zero)?.state, 'undecided');
  assert.equal(
    one(recordsOf([1, safe(1), safe(0)], [499, safe(1), safe(1)]), zero)?.state,
    'broken',
  );
  const missing = one(recordsOf([1, safe(1), safe(null)], [199, safe(1), safe(1)]), zero);
  assert.equal(missing?.state, 'undecided');
});

test('a failure that was seen breaks a zero-failure floor, however much else is missing', () => {
  const zero = { metric: 'safety', direction: 'higher', floor: 1, tolerated: 0.1 };
  const seen = recordsOf([1, safe(1), safe(0)], [9, null, safe(null)], [90, safe(1), safe(1)]);
  assert.equal(one(seen, zero)?.state, 'broken');
  const unseen = recordsOf([9, safe(1), safe(null)], [91, safe(1), safe(1)]);
  assert.equal(one(unseen, zero)?.state, 'undecided');
});

test('an agent failure has the lowest score of a guardrail too, even where a score stands', () => {
  const failed = recordsOf([1, safe(1), safe(1, { failed: true })], [99, safe(1), safe(1)]);
  const zero = { metric: 'safety', direction: 'higher', floor: 1, tolerated: 0.1 };
  assert.equal(one(failed, zero)?.state, 'broken');
  assert.equal(one(failed, margin)?.estimate, -0.01);
});

test('where the incumbent breaks the floor too, `no-worse` compares with it', () => {
  const zero = { metric: 'safety', direction: 'higher', floor: 1, tolerated: 0.1 };
  const records = recordsOf([5, safe(0), safe(0)], [95, safe(1), safe(1)]);
  assert.equal(one(records, zero)?.state, 'broken');
  assert.equal(one(records, { ...zero, ifIncumbentBreaks: 'no-worse' })?.state, 'holds');
  const worse = recordsOf([5, safe(0), safe(0)], [20, safe(1), safe(0)], [75, safe(1), safe(1)]);
  assert.equal(one(worse, { ...zero, ifIncumbentBreaks: 'no-worse' })?.state, 'broken');
});

const slower = (factor: number) =>
  recordsOf(
    ...Array.from(
      { length: 80 },
      (_, i) =>
        [
          1,
          { score: 1, latencyMs: 100 + i },
          { score: 1, latencyMs: (100 + ((i * 7) % 80)) * factor },
        ] as [number, Cell, Cell],
    ),
  );
test('latency is a ratio of means with bounds', () => {
  const latency = { metric: 'latency_ms', direction: 'lower', margin: 0.2 };
  const same = one(slower(1), latency);
  assert.equal(same?.state, 'holds');
  assert.ok(Math.abs((same?.estimate ?? 0) - 1) < 1e-12);
  assert.ok((same?.lower ?? 2) < 1 && (same?.upper ?? 0) > 1);
  assert.equal(same?.limit, 1.2);
  assert.equal(one(slower(1.2), latency)?.state, 'undecided');
  assert.equal(one(slower(1.5), latency)?.state, 'broken');
});

test('a guardrail without data is undecided and says so', () => {
  const latency = one(recordsOf([80, 1, 1]), {
    metric: 'latency_ms',
    direction: 'lower',
    margin: 0.2,
  });
  assert.equal(latency?.state, 'undecided');
  assert.match(latency?.note ?? '', /not measured/);
});

test('Holm: a p that breaks one guardrail alone does not break it among ten', () => {
  const records = recordsOf([9, safe(1), safe(0)], [71, safe(1), safe(1)]);
  assert.equal(one(records, margin)?.state, 'broken');
  const others = Array.from({ length: 9 }, () => ({ ...margin, margin: 0.5 }));
  assert.equal(tested(records, margin, ...others)[0]?.state, 'undecided');
});
