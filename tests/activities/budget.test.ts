import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { BudgetSpentError, withBudget } from '../../activities/budget.ts';
import type { CallContext, Completion, Model } from '../../contracts/model.ts';
import type { Budget } from '../../contracts/spec.ts';
import { reserve, setBudget } from '../../db/engines/budgets.ts';
import { enterPhase } from '../../db/cycles/phases.ts';
import { createReplyStore } from '../../db/engines/replies.ts';
import { openDatabase } from '../db/database.ts';
import { startCycle } from '../db/fixture.ts';

const PRICES = { dear: { input: 0, output: 1_000 }, free: { input: 0, output: 0 } };
const request = (model: string) => ({
  model,
  messages: [{ role: 'user', content: 'hello' }] as const,
  maxTokens: 1_000,
});

const unused = (): never => {
  throw new Error('not asked for in this test');
};

/** A model that counts its calls; a reply of the dear one costs 0.1 USD of the 1 USD that was set aside. */
function counted(store: (draw: string, price: number) => Promise<void>) {
  const calls: string[] = [];
  const atOnce = { now: 0, most: 0 };
  const complete: Model['complete'] = async ({ model }, { draw }): Promise<Completion> => {
    calls.push(draw);
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    const price = model === 'dear' ? 0.1 : 0;
    await pause(50);
    await store(draw, price);
    atOnce.now -= 1;
    const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 100 };
    const rest = { toolCalls: [], finishReason: 'stop', latencyMs: 1, fromLedger: false };
    return { text: 'hi', usage, price, ...rest };
  };
  return { calls, atOnce, model: { complete, structured: unused, embed: unused } satisfies Model };
}

async function setUp(limit: Partial<Budget>) {
  const { db, url } = await openDatabase();
  const ref = await startCycle(db);
  await setBudget(db, ref, limit);
  const replies = await createReplyStore(db, url);
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 100 };
  const { calls, atOnce, model } = counted(async (draw, price) => {
    const shared = { purpose: 'agent', model: 'dear', project: ref.project } as const;
    const row = { ...shared, key: draw, cycle: ref.key, draw, reply: 'hi', usage, price };
    await replies.store([{ ...row, latencyMs: 1 }]);
  });
  const context = (draw: string): CallContext => ({
    purpose: 'agent',
    draw,
    project: ref.project,
    cycle: ref.key,
  });
  const ports = { db, prices: PRICES, holder: replies.holder };
  return { db, url, ref, calls, atOnce, replies, context, model: withBudget(model, ports) };
}

test('a call is not made when the most it can cost would go past the budget', async () => {
  const { model, calls, context, replies } = await setUp({ usd: 1.15 });
  await model.complete(request('dear'), context('first'));
  await model.complete(request('dear'), context('second'));
  await assert.rejects(model.complete(request('dear'), context('third')), (error) => {
    assert.ok(error instanceof BudgetSpentError);
    assert.match(error.message, /budget of demo\/1 is 1.15 USD; 0.2000 USD are spent/);
    return true;
  });
  assert.deepEqual(calls, ['first', 'second']);
  await replies.close();
});

test('what was set aside is free again after the call', async () => {
  const { model, db, ref, context, replies } = await setUp({ usd: 1 });
  await model.complete(request('dear'), context('first'));
  const look = { work: 'look', usd: 0, tokens: 0, holder: await replies.holder() };
  const { reserved } = await reserve(db, ref, look);
  assert.equal(reserved.usd, 0);
  await replies.close();
});

test('a free model is not held up by a budget in USD, but a token budget counts it', async () => {
  const dollars = await setUp({ usd: 0 });
  await dollars.model.complete(request('free'), dollars.context('one'));
  await dollars.replies.close();
  const tokens = await setUp({ tokens: 500 });
  await assert.rejects(
    tokens.model.complete(request('free'), tokens.context('one')),
    BudgetSpentError,
  );
  await tokens.replies.close();
});

test('a phase has a budget of its own: what other phases spent is not counted, and the refusal names the key to raise', async () => {
  const limits = { usd: 10, phases: { optimize: { usd: 1.05 } } };
  const { model, db, ref, context, calls, replies } = await setUp(limits);
  const enter = (phase: 'align' | 'optimize' | 'gate') => enterPhase(db, ref, { phase, note: '' });
  await enter('align');
  await model.complete(request('dear'), context('of align'));
  await model.complete(request('dear'), context('of align too'));
  await enter('optimize');
  await model.complete(request('dear'), context('of optimize'));
  await assert.rejects(
    model.complete(request('dear'), context('one too many')),
    /budget of the phase optimize of demo\/1 is 1.05 USD; 0.1000 USD are spent.*`budget.phases.optimize`/,
  );
  await enter('gate');
  await model.complete(request('dear'), context('of gate'));
  assert.deepEqual(calls, ['of align', 'of align too', 'of optimize', 'of gate']);
  await replies.close();
});

/** Two calls at the same time that are one draw of a run, as those of its judge are. */
async function judgedAtOnce({ model, context, replies }: Awaited<ReturnType<typeof setUp>>) {
  const judged = (content: string) =>
    model.complete(
      { ...request('dear'), messages: [{ role: 'user', content }] },
      context('judge|demo/1/evaluate|0'),
    );
  const both = await Promise.allSettled([judged('one output'), judged('another output')]);
  await replies.close();
  return both.map(({ status }) => status).sort();
}

test('money is set aside for each call under way: one that only waits for others is made after them', async () => {
  const found = await setUp({ usd: 1.5 });
  assert.deepEqual(await judgedAtOnce(found), ['fulfilled', 'fulfilled']);
  assert.equal(found.atOnce.most, 1);
});

test('what calls under way have spent when they end is not there for the call that waited', async () => {
  const found = await setUp({ usd: 1.05 });
  assert.deepEqual(await judgedAtOnce(found), ['fulfilled', 'rejected']);
  assert.equal(found.calls.length, 1);
});

test(
  'what a worker had set aside when it was killed is free for other calls',
  { timeout: 20_000 },
  async () => {
    const { db, url, model, context, calls, replies } = await setUp({ usd: 1.15 });
    const killed = await createReplyStore(db, url);
    const called = Promise.withResolvers<void>();
    const { model: silent } = counted(async () => {
      called.resolve();
      await new Promise(() => undefined);
    });
    const ports = { db, prices: PRICES, holder: killed.holder };
    void withBudget(silent, ports).complete(request('dear'), context('never answered'));
    await called.promise;
    const waiting = model.complete(request('dear'), context('after the kill'));
    await pause(300);
    assert.deepEqual(calls, [], 'as long as the worker lives, its money is set aside');
    await killed.close();
    await waiting;
    assert.deepEqual(calls, ['after the kill']);
    await replies.close();
  },
);
