import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BudgetSpentError, withBudget } from '../../activities/budget.ts';
import type { CallContext, Completion, Model } from '../../contracts/model.ts';
import { reserve, setBudget } from '../../db/budgets.ts';
import { createReplyStore } from '../../db/replies.ts';
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
  const complete: Model['complete'] = async ({ model }, { draw }): Promise<Completion> => {
    calls.push(draw);
    const price = model === 'dear' ? 0.1 : 0;
    await store(draw, price);
    const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 100 };
    const rest = { toolCalls: [], finishReason: 'stop', latencyMs: 1, fromLedger: false };
    return { text: 'hi', usage, price, ...rest };
  };
  return { calls, model: { complete, structured: unused, embed: unused } satisfies Model };
}

async function setUp(limit: { usd: number | null; tokens: number | null }) {
  const { db, url } = await openDatabase();
  const ref = await startCycle(db);
  await setBudget(db, ref, limit);
  const replies = await createReplyStore(db, url);
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 100 };
  const { calls, model } = counted(async (draw, price) => {
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
  return { db, ref, calls, replies, context, model: withBudget(model, db, PRICES) };
}

test('a call is not made when the most it can cost would go past the budget', async () => {
  const { model, calls, context, replies } = await setUp({ usd: 1.15, tokens: null });
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
  const { model, db, ref, context, replies } = await setUp({ usd: 1, tokens: null });
  await model.complete(request('dear'), context('first'));
  const { reserved } = await reserve(db, ref, { work: 'look', usd: 0 });
  assert.equal(reserved.usd, 0);
  await replies.close();
});

test('a free model is not held up by a budget in USD, but a token budget counts it', async () => {
  const dollars = await setUp({ usd: 0, tokens: null });
  await dollars.model.complete(request('free'), dollars.context('one'));
  await dollars.replies.close();
  const tokens = await setUp({ usd: null, tokens: 500 });
  await assert.rejects(
    tokens.model.complete(request('free'), tokens.context('one')),
    BudgetSpentError,
  );
  await tokens.replies.close();
});
