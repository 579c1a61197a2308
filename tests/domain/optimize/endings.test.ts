import { test } from 'node:test';
import assert from 'node:assert/strict';
import { conclude, observe, resume, start } from '../../../domain/optimize/optimize.ts';
import { candidateOf, chance, climbing, ids, play } from './world.ts';
import type { World } from './world.ts';

const always =
  (score: number): World['score'] =>
  () =>
    score;

test('scores all equal: the search ends and names no finalist', () => {
  const { result } = play({ ...climbing, score: always(0.5) });
  assert.equal(result.stop.reason, 'budget');
  assert.equal(result.finalist.candidate, null);
  assert.equal(result.best?.index, 0);
});

test('an incumbent perfect on validation ends the search at once', () => {
  const { result } = play({ ...climbing, score: always(1) });
  assert.equal(result.stop.reason, 'perfect');
  assert.equal(result.totals.rollouts, 10);
  assert.equal(result.finalist.candidate, null);
});

test('training examples that are all perfect end the search: there is nothing to learn', () => {
  const { result } = play({
    ...climbing,
    score: (_, example) => (example.startsWith('t') ? 1 : 0.5),
  });
  assert.equal(result.stop.reason, 'nothing_left_to_learn');
  assert.equal(result.totals.reflections, 0);
});

test('an agent that always fails scores 0, and the search ends with the incumbent', () => {
  const { result } = play({ ...climbing, score: always(0) });
  assert.equal(result.stop.reason, 'budget');
  assert.deepEqual(result.incumbent.mean, 0);
  assert.equal(result.finalist.candidate, null);
});

test('scores that are not finite numbers are unscored; when all are, the search says so', () => {
  const { result } = play({ ...climbing, score: () => ({ score: Number.NaN }) });
  assert.equal(result.stop.reason, 'unscored');
  assert.match(result.stop.detail, /scored on 0 of 10/);
  assert.equal(result.totals.unscored['the score is not a finite number'], 10);
  assert.equal(result.best, null);
  assert.ok(result.finalist.candidate === null);
  const some = play({
    ...climbing,
    score: (texts, example) =>
      example === 'v1' ? { score: Infinity } : climbing.score(texts, example),
  });
  assert.ok(some.result.totals.unscored['the score is not a finite number']! > 0);
});

test('the same proposal for ever ends the search without testing it twice', () => {
  const { result, events } = play(
    { ...climbing, propose: () => 'always the same' },
    { settings: { budget: 1000 } },
  );
  assert.equal(result.stop.reason, 'no_usable_proposals');
  assert.match(result.stop.detail, /duplicate/);
  assert.equal(events.filter(({ kind }) => kind === 'child_eval').length, 1);
});

test('the unchanged prompt as proposal ends the search with no candidate', () => {
  const world: World = { ...climbing, propose: (ask, texts) => texts[ask.component]! };
  const { result } = play(world);
  assert.equal(result.stop.reason, 'no_usable_proposals');
  assert.ok(result.totals.dropped['unchanged']! >= 10);
  assert.deepEqual(result.finalist, { candidate: null, reason: 'no candidate was accepted' });
});

test('rubbish from the reflection model ends the search after a few proposals', () => {
  const violation = { kind: 'empty', detail: 'The new instruction is empty.' };
  const { result } = play({ ...climbing, propose: () => ({ ok: { violation } }) });
  assert.equal(result.stop.reason, 'no_usable_proposals');
  assert.ok(result.totals.reflections < 20);
  const down = play({ ...climbing, propose: () => ({ unscored: 'the model cannot be reached' }) });
  assert.equal(down.result.stop.reason, 'no_usable_proposals');
  assert.ok(down.result.totals.dropped['unscored']! >= 10);
});

test('pure noise finds a best candidate on validation but the report counts what it was chosen from', () => {
  const world: World = {
    score: (texts, example) => (chance(`${texts['prompt']} ${example}`) < 0.5 ? 1 : 0),
    propose: ({ proposal }) => `noise ${proposal}`,
  };
  const { result } = play(world, { settings: { budget: 400 } });
  assert.ok(result.candidates.length > 2);
  assert.equal(result.stop.reason, 'budget');
});

test('an infrastructure failure of a whole ask leaves its pairs out, and the search goes on', () => {
  let turn = start({
    settings: { budget: 60 },
    seed: candidateOf({ prompt: 'seed' }),
    train: ids('t', 6),
    validation: ids('v', 5),
  });
  assert.ok(turn.kind === 'ask');
  const [ask] = turn.asks;
  turn = resume(turn.state, { [ask!.id]: { unscored: 'the worker was killed five times' } });
  assert.equal(turn.kind === 'done' && turn.result.stop.reason, 'unscored');
});

test('a wish to stop is heeded before the next iteration, a conclusion at once', () => {
  const input = {
    settings: {},
    seed: candidateOf({ prompt: 'seed' }),
    train: ids('t', 6),
    validation: ids('v', 5),
  };
  const turn = start(input);
  assert.ok(turn.kind === 'ask');
  const now = conclude(turn.state, 'the cycle was cancelled');
  assert.ok(now.kind === 'done');
  assert.deepEqual(now.result.stop, { reason: 'requested', detail: 'the cycle was cancelled' });
  assert.deepEqual([now.result.totals.asked, now.result.totals.rollouts], [5, 0]);
  const seen = observe(turn.state, { stop: 'the budget of the cycle is spent' });
  const scores = Object.fromEntries(ids('v', 5).map((id) => [id, { score: 0.5 }]));
  const next = resume(seen, { [turn.asks[0]!.id]: { ok: scores } });
  assert.ok(next.kind === 'done');
  assert.deepEqual(next.result.stop, {
    reason: 'requested',
    detail: 'the budget of the cycle is spent',
  });
  assert.equal(next.result.incumbent.mean, 0.5);
  assert.deepEqual(
    resume(next.state, {}),
    { ...next, events: [] },
    'a finished search stays finished',
  );
});

test('replies of the wrong shape, or to asks never made, are refused with the ask', () => {
  const turn = start({
    settings: {},
    seed: candidateOf({ prompt: 'seed' }),
    train: ids('t', 6),
    validation: ids('v', 5),
  });
  assert.ok(turn.kind === 'ask');
  assert.throws(() => resume(turn.state, { '0.seed': { ok: 'rubbish' } }), {
    name: 'OptimizeReplyError',
    ask: '0.seed',
  });
  assert.throws(() => resume(turn.state, { '7.parent.0': { ok: {} } }), /no such ask was made/);
});

test('input that contradicts itself is refused with the option to change', () => {
  refused('train', { train: 0 });
  refused('validation', { validation: 0 });
  refused('objectives', { settings: { frontier: 'hybrid' } });
  refused('budget', { settings: { mode: 'reference' } });
  refused('minibatch', { settings: { minibatch: 0 } });
  refused('components', { input: { components: ['other'] } });
  refused('components', { input: { warm: [candidateOf({ other: 'x' })] } });
  refused('frontier', { settings: { frontier: 'objective', objectives: ['accuracy'] } });
});

function refused(option: string, change: Parameters<typeof play>[1]): void {
  assert.throws(() => play(climbing, change), { name: 'OptimizeOptionsError', option });
}
