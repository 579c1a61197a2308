import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { resume } from '../../../domain/optimize/optimize.ts';
import type { OptimizeState } from '../../../domain/optimize/optimize.ts';
import type { OptimizeSettings } from '../../../domain/optimize/options.ts';
import { chance, climbing, pairsOf, play } from './world.ts';
import type { Drive, World } from './world.ts';

const seed = { router: 'seed', answer: 'seed', style: 'seed' };

const settings: fc.Arbitrary<OptimizeSettings> = fc.record({
  seed: fc.nat(1000),
  budget: fc.integer({ min: 40, max: 200 }),
  minibatch: fc.integer({ min: 1, max: 5 }),
  module: fc.constantFrom('round_robin', 'all'),
  frontier: fc.constantFrom('instance', 'objective', 'hybrid', 'cartesian'),
  objectives: fc.constant(['quality', 'brevity']),
  acceptance: fc.constantFrom('strict_improvement', 'improvement_or_equal'),
  merge: fc.constantFrom(null, { max: 4, overlapFloor: 3 }),
  selector: fc.constantFrom(
    { kind: 'pareto' as const },
    { kind: 'epsilon_greedy' as const, epsilon: 0.3 },
    { kind: 'current_best' as const },
    { kind: 'top_k_pareto' as const, k: 2 },
  ),
  sampling: fc.constantFrom(
    { kind: 'single' as const },
    { kind: 'same_parent' as const, n: 3 },
    { kind: 'independent' as const, n: 2 },
    { kind: 'pxn' as const, p: 2, n: 2 },
    { kind: 'adaptive' as const, even: 2, max: 8 },
  ),
  mends: fc.record({ speculate: fc.boolean(), spreadBatches: fc.boolean() }),
  selection: fc.constantFrom(
    { kind: 'all' as const },
    { kind: 'best' as const },
    { kind: 'top_k' as const, k: 2 },
  ),
});

const world: World = {
  score: (texts, example) => {
    const luck = chance(`${example} ${Object.values(texts).join()}`);
    if (luck < 0.05) return { unscored: 'the judge did not answer' };
    const quality = Number(climbing.score(texts, example));
    return { score: quality, objectives: { quality, brevity: Math.round(luck * 4) / 4 } };
  },
  propose: (ask, texts) => {
    const luck = chance(`${ask.proposal} ${ask.attempt}`);
    if (luck < 0.1) return { ok: { violation: { kind: 'length', detail: 'Too long.' } } };
    return luck < 0.2 ? texts[ask.component]! : climbing.propose(ask, texts);
  },
};

test('in durable mode any order and portion of answers, through JSON, gives the identical final state', () => {
  fc.assert(
    fc.property(settings, fc.infiniteStream(fc.nat({ max: 9 })), (chosen, dice) => {
      const setting = { seed, settings: chosen };
      const whole = play(world, setting);
      const split = play(world, setting, inPortions(dice));
      assert.deepEqual(split.state, whole.state);
      assert.deepEqual(split.events, whole.events);
      assert.deepEqual(split.result, whole.result);
    }),
    { numRuns: 40 },
  );
});

test('in durable mode no budget is overshot, no pair is asked twice and every end is named', () => {
  fc.assert(
    fc.property(settings, (chosen) => {
      const { result, asks, state } = play(world, { seed, settings: chosen });
      const pairs = pairsOf(asks);
      assert.ok(pairs.length <= chosen.budget!);
      assert.equal(new Set(pairs).size, pairs.length);
      assert.equal(result.totals.rollouts, pairs.length);
      assert.ok(result.stop.detail.length > 0);
      assert.equal(new Set(asks.map(({ id }) => id)).size, asks.length);
      assert.ok(!JSON.stringify(state).includes('level '), 'the state holds no text');
    }),
    { numRuns: 40 },
  );
});

/** Answers the open asks in random portions and order, stores each state as JSON and takes each turn twice. */
function inPortions(dice: fc.Stream<number>): Drive {
  const roll = (): number => dice.next().value ?? 0;
  return (turn, answer) => {
    const waiting = [...turn.asks];
    let state = stored(turn.state);
    for (;;) {
      const portion = waiting.splice(roll() % waiting.length, roll() + 1);
      const replies = Object.fromEntries(portion.map((ask) => [ask.id, answer(ask)]));
      const next = resume(state, replies);
      assert.deepEqual(resume(stored(state), replies), next);
      if (next.kind === 'done' || next.asks.length > 0) return next;
      assert.ok(waiting.length > 0, 'asks are open, but none is left to answer');
      state = stored(next.state);
    }
  };
}

function stored(state: OptimizeState): OptimizeState {
  const copy: OptimizeState = JSON.parse(JSON.stringify(state));
  assert.deepEqual(copy, state);
  return copy;
}
