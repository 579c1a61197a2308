import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { decide } from '../../operations/cycle/messages.ts';
import type { CycleResult, Decided } from '../../contracts/progress.ts';
import { progress } from '../../workflows/messages.ts';
import { clientOf, HOUR, run, scripts, start, withScripts } from './scripted.ts';

withScripts();

const FEW = { labels: 2, consensus: 2, values: 2 };
const ENOUGH = { labels: 10, consensus: 5, values: 2 };

test('too few labels and `relabel` open another round, and the rounds have an end', async () => {
  const found = await run('short', {
    plan: { labelsShort: 'relabel' },
    counts: { 1: FEW, 2: FEW, 3: FEW },
    alpha: null,
  });
  assert.deepEqual([found.outcome, found.rounds], ['labels-short', 2]);
  assert.equal(found.log.filter((line) => line === 'closed by deadline').length, 2);
});

test('without an item left for another round the cycle stops', async () => {
  const found = await run('empty', {
    plan: { labelsShort: 'relabel' },
    counts: { 1: FEW },
    alpha: null,
  });
  assert.deepEqual([found.outcome, found.rounds], ['labels-short', 1]);
});

test('raters who disagree are asked again, or the cycle stops, as the policy says', async () => {
  const again = await run('disagree', {
    plan: { labelsDisagree: { alpha: 0.5, policy: 'relabel' } },
    counts: { 1: ENOUGH, 2: ENOUGH },
    alpha: 0.2,
  });
  assert.deepEqual([again.outcome, again.rounds], ['labels-short', 2]);
  assert.equal(again.log.filter((line) => line === 'closed by target').length, 2);
  const stop = await run('stop', {
    plan: { labelsDisagree: { alpha: 0.5, policy: 'stop' } },
    counts: { 1: ENOUGH },
    alpha: 0.2,
  });
  assert.deepEqual([stop.outcome, stop.rounds], ['labels-short', 1]);
});

test('people who take longer than the wall-clock budget of the cycle end it with `budget`', async () => {
  const found = await run('slow', {
    plan: { walls: { all: HOUR / 2 } },
    counts: { 1: FEW },
    alpha: null,
  });
  assert.deepEqual([found.outcome, found.rounds], ['budget', 1]);
  assert.match(found.log.at(-1)!, /wall-clock budget of the cycle, 1800 s, is over.*`budget.wall`/);
});

test('a phase that takes longer than its own wall-clock budget ends the cycle, and is named', async () => {
  const found = await run('stuck', {
    plan: { walls: { all: HOUR, evaluate: 60_000 } },
    counts: {},
    alpha: null,
    rows: 5,
  });
  assert.deepEqual([found.outcome, found.rounds], ['budget', 0]);
  assert.match(
    found.log.at(-1)!,
    /of the phase evaluate, 60 s, is over.*`budget.phases.evaluate.wall`/,
  );
});

test('a cycle that fails says why in its row before its workflow fails with it', async () => {
  const fault = 'the disk is full';
  await assert.rejects(run('broken', { plan: {}, counts: {}, alpha: null, fault }), {
    name: 'WorkflowFailedError',
  });
  assert.equal(scripts['broken']!.log.at(-1), `failed: ${fault}`);
});

const AT_GATE = {
  plan: { pooled: true, approvalMs: HOUR },
  counts: {},
  alpha: null,
} as const;

/** What happened once the cycle had come to the decision, without the sentence of the report. */
const afterwards = (log: readonly string[]): readonly string[] =>
  log.slice(log.indexOf('approve') + 1, -1);

/** Waits until the cycle asks for a decision. */
async function asked(cycle: string) {
  const { handle, workflowId, log } = await start(cycle, AT_GATE);
  const decided = (decision: Decided): Promise<void> =>
    decide({ client: clientOf(), workflowId }, decision);
  const end = performance.now() + 20_000;
  while ((await handle.query(progress)).phase !== 'approve') {
    assert.ok(performance.now() < end, `the cycle asks in time; ${log.join()}`);
    await pause(20);
  }
  return { handle, log, decided };
}

test('who approves is on record before the alias moves, and nobody decides a second time', async () => {
  const { handle, log, decided } = await asked('approved');
  const first = decided({ approved: true, who: 'grace', why: 'read it' });
  const both = await Promise.allSettled([
    first,
    first.then(() => decided({ approved: false, who: 'alan', why: 'no' })),
  ]);
  const { outcome } = (await handle.result()) as CycleResult;
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  const [, refused] = both as [unknown, PromiseRejectedResult];
  assert.match(String(refused.reason), /has decided already|is in the phase|does not exist/);
  assert.equal(outcome, 'promoted');
  assert.deepEqual(afterwards(log), [
    'grace approved: read it',
    'promote',
    'moved by grace',
    'report',
  ]);
});

test('what a person decided before the cycle was resumed is not asked for again', async () => {
  const decision = { approved: true, who: 'grace', why: 'read it' };
  const found = await run('resumed', { ...AT_GATE, decision });
  assert.equal(found.outcome, 'promoted');
  assert.deepEqual(afterwards(found.log), [
    'grace approved: read it',
    'promote',
    'moved by grace',
    'report',
  ]);
});

test('a veto is on record and ends the cycle as declined; a decision without a reason is refused', async () => {
  const { handle, log, decided } = await asked('vetoed');
  const silent = { approved: false, who: 'alan' } as Decided;
  await assert.rejects(decided(silent), /say who decides, and why/);
  await decided({ approved: false, who: 'alan', why: 'too risky' });
  const { outcome } = (await handle.result()) as CycleResult;
  assert.equal(outcome, 'declined');
  assert.deepEqual(afterwards(log), ['alan rejected: too risky', 'report']);
});
