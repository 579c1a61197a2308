import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Replies } from '../../../domain/engine.ts';
import { resume } from '../../../domain/optimize/optimize.ts';
import type { OptimizeState } from '../../../domain/optimize/optimize.ts';
import { firstDifference } from '../../../scripts/golden/compare.ts';
import { readGolden } from '../../../scripts/golden/format.ts';
import type { Golden } from '../../../scripts/golden/format.ts';
import { replay } from '../../../scripts/golden/replay.ts';
import type { Drive } from '../../../scripts/golden/replay.ts';

const folder = new URL('fixtures/', import.meta.url);
const names = readdirSync(folder).filter((name) => /^s\d\d_.*\.json$/.test(name));
const load = (name: string): Golden => readGolden(readFileSync(new URL(name, folder), 'utf8'));

test('all twelve golden traces are here', () => assert.equal(names.length, 12));

for (const name of names)
  test(`${name} is reproduced event for event`, () => {
    const golden = load(name);
    assert.equal(firstDifference(golden, replay(golden)), null);
  });

test('a wrong score, a missing event and a wrong final state are each found and named', () => {
  const golden = load('s01_basic.json');
  const replayed = replay(golden);
  const events = [...golden.events];
  events[5] = { ...events[5], total: 13 };
  assert.deepEqual(firstDifference({ ...golden, events }, replayed), {
    event: 6,
    field: 'total',
    expected: 13,
    got: 12,
  });
  const shorter = { ...golden, events: golden.events.slice(0, -1) };
  assert.equal(firstDifference(shorter, replayed)?.event, golden.events.length);
  const final = { ...golden.final, best_idx: 0 };
  assert.equal(firstDifference({ ...golden, final }, replayed)?.field, 'best_idx');
});

test('answers in any portions, states stored as JSON and repeated turns change nothing', () => {
  const golden = load('s11_pxn_top_k_repeats.json');
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat({ max: 5 })), (portions) => {
      assert.equal(firstDifference(golden, replay(golden, inPortions(portions))), null);
    }),
    { numRuns: 3 },
  );
});

/** Answers the open asks in random portions and order, through JSON, and takes each turn twice. */
function inPortions(portions: fc.Stream<number>): Drive {
  return (turn, answer) => {
    const waiting = turn.asks.map((ask) => answer(ask));
    let state = stored(turn.state);
    for (;;) {
      const size = (portions.next().value ?? 0) + 1;
      const from = (portions.next().value ?? 0) % waiting.length;
      const replies: Replies = Object.assign({}, ...waiting.splice(from, size));
      const before = JSON.stringify(state);
      const next = resume(state, replies);
      assert.deepEqual(resume(stored(state), replies), next);
      assert.equal(JSON.stringify(state), before);
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
