import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { StopRule } from '../../../domain/optimize/options.ts';
import { checkStops } from '../../../domain/optimize/stop.ts';
import type { Progress, StopMemory } from '../../../domain/optimize/stop.ts';
import { climbing, play } from './world.ts';

const progress = (change: Partial<Progress> = {}): Progress => ({
  iterations: 4,
  rollouts: 50,
  means: [0.25, 0.5],
  meters: { seconds: 9, reflectionUsd: 0.5, stop: null },
  memory: {},
  ...change,
});

const fires = (rule: StopRule, change?: Partial<Progress>): boolean =>
  checkStops([rule], progress(change)).fired !== null;

test('each stop rule fires at its limit and not before', () => {
  assert.ok(fires({ kind: 'metric_calls', max: 50 }) && !fires({ kind: 'metric_calls', max: 51 }));
  assert.ok(fires({ kind: 'proposals', max: 4 }) && !fires({ kind: 'proposals', max: 5 }));
  assert.ok(fires({ kind: 'candidates', max: 2 }) && !fires({ kind: 'candidates', max: 3 }));
  assert.ok(fires({ kind: 'score', threshold: 0.5 }) && !fires({ kind: 'score', threshold: 0.51 }));
  assert.ok(fires({ kind: 'reflection_cost', usd: 0.5 }));
  assert.ok(!fires({ kind: 'reflection_cost', usd: 0.51 }));
  assert.ok(fires({ kind: 'timeout', seconds: 8 }) && !fires({ kind: 'timeout', seconds: 9 }));
});

test('no-improvement counts checks without a new best, and remembers them between turns', () => {
  const rule: StopRule = { kind: 'no_improvement', iterations: 2 };
  let memory: StopMemory = {};
  const seen = [0.5, 0.5, 0.6, 0.6, 0.5].map((mean) => {
    const outcome = checkStops([rule], progress({ means: [mean], memory }));
    memory = JSON.parse(JSON.stringify(outcome.memory));
    return outcome.fired !== null;
  });
  assert.deepEqual(seen, [false, false, false, false, true]);
});

test('composites need any or all of their rules, and do not consult rules behind a decided one', () => {
  const [yes, no]: StopRule[] = [
    { kind: 'metric_calls', max: 1 },
    { kind: 'metric_calls', max: 1000 },
  ];
  const idle: StopRule = { kind: 'no_improvement', iterations: 1 };
  assert.ok(fires({ kind: 'any', of: [no!, yes!] }) && !fires({ kind: 'any', of: [no!] }));
  assert.ok(fires({ kind: 'all', of: [yes!, yes!] }) && !fires({ kind: 'all', of: [yes!, no!] }));
  assert.ok(!fires({ kind: 'all', of: [] }) && !fires({ kind: 'any', of: [] }));
  assert.deepEqual(checkStops([{ kind: 'all', of: [no!, idle] }], progress()).memory, {});
  assert.notDeepEqual(checkStops([{ kind: 'all', of: [yes!, idle] }], progress()).memory, {});
});

test('a search ends by its stop rule and says which', () => {
  for (const mode of ['reference', 'durable'] as const) {
    const { result } = play(climbing, {
      settings: { mode, stop: [{ kind: 'proposals', max: 3 }] },
    });
    assert.equal(result.totals.iterations, 3);
    assert.deepEqual(result.stop, { reason: 'stop_rule', detail: '3 of 3 proposals made' });
  }
});
