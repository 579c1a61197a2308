import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { StoredReply } from '../../contracts/model.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { reserve, setBudget, settle } from '../../db/engines/budgets.ts';
import { createReplyStore, type OpenReplyStore } from '../../db/engines/replies.ts';
import { spendByPurpose, totalSpend } from '../../db/engines/spend.ts';
import { openDatabase } from './database.ts';
import { PROJECT, startCycle } from './fixture.ts';

let db: Db;
let url: string;
const stores: OpenReplyStore[] = [];
beforeEach(async () => {
  ({ db, url } = await openDatabase());
});

async function withStores(
  count: number,
  body: (...stores: OpenReplyStore[]) => Promise<void>,
): Promise<void> {
  const open = await Promise.all(Array.from({ length: count }, () => createReplyStore(db, url)));
  stores.push(...open);
  try {
    await body(...open);
  } finally {
    await Promise.all(open.map((store) => store.close()));
  }
}

const reply = (key: string, changes: Partial<StoredReply> = {}): StoredReply => ({
  key,
  purpose: 'judge',
  model: 'practice-judge',
  project: PROJECT,
  cycle: 'demo/1',
  draw: `draw of ${key}`,
  reply: { text: 'yes' },
  usage: { inputTokens: 10, cachedTokens: 4, outputTokens: 2 },
  price: 0.25,
  latencyMs: 7,
  ...changes,
});

const states = async (store: OpenReplyStore, keys: readonly string[]) =>
  Object.fromEntries(
    Object.entries(await store.claim(keys)).map(([key, { state }]) => [key, state]),
  );

/** Ends the server's side of every session that holds claims, and waits until it has ended. */
const cutHolders = () =>
  sql`select pg_terminate_backend(pid, 30000) from pg_stat_activity
    where application_name = 'attune claims' and datname = current_database()`.execute(db);

test('a key is claimed by one session, is busy for others, and stays claimed for the first', () =>
  withStores(2, async (one, two) => {
    assert.deepEqual(await states(one, ['a', 'b']), { a: 'mine', b: 'mine' });
    assert.deepEqual(await states(two, ['a', 'c']), { a: 'busy', c: 'mine' });
    assert.deepEqual(await states(one, ['a', 'c']), { a: 'mine', c: 'busy' });
    await one.release(['a', 'c']);
    assert.deepEqual(await states(two, ['a', 'c']), { a: 'mine', c: 'mine' });
  }));

test('a stored reply comes back as it was, its claim ends, and a second store changes nothing', () =>
  withStores(2, async (one, two) => {
    await one.claim(['a']);
    const odd = reply('a', {
      reply: { text: 'NUL \u0000 and half a pair \ud800', z: 1, a: [1.5] },
    });
    await one.store([odd]);
    await two.store([reply('a', { reply: 'another' })]);
    const claims = await two.claim(['a']);
    assert.deepEqual(claims, { a: { state: 'stored', reply: odd } });
    assert.deepEqual(await db.selectFrom('model_claim').selectAll().execute(), []);
  }));

test('claims are free as soon as the connection of their holder ends', () =>
  withStores(2, async (one, two) => {
    await one.claim(['a', 'b']);
    assert.deepEqual(await states(two, ['a', 'b']), { a: 'busy', b: 'busy' });
    await one.close();
    assert.deepEqual(await states(two, ['a', 'b']), { a: 'mine', b: 'mine' });
  }));

test('a holder whose connection was cut claims on under a new session, and its claims are its own again', () =>
  withStores(1, async (one) => {
    await one.claim(['a']);
    await cutHolders();
    await delay(100);
    assert.deepEqual(await states(one, ['a', 'b']), { a: 'mine', b: 'mine' });
    await withStores(1, async (two) => {
      assert.deepEqual(await states(two, ['a', 'b']), { a: 'busy', b: 'busy' });
    });
  }));

test('a claim older than ten minutes is free though its session lives', () =>
  withStores(2, async (one, two) => {
    await one.claim(['a']);
    await sql`update model_claim set claimed_at = now() - interval '11 minutes'`.execute(db);
    assert.deepEqual(await states(two, ['a']), { a: 'mine' });
    assert.deepEqual(await states(one, ['a']), { a: 'busy' });
  }));

test('of eight sessions that race for forty keys each key goes to one, dead holders included', () =>
  withStores(8, async (dead, ...racers) => {
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    await dead.claim(keys.slice(0, 20));
    await dead.close();
    const shuffled = racers.map((_, i) => [...keys.slice(i * 5), ...keys.slice(0, i * 5)]);
    const claims = await Promise.all(racers.map((store, i) => store.claim(shuffled[i]!)));
    for (const key of keys)
      assert.equal(claims.filter((claim) => claim[key]?.state === 'mine').length, 1, key);
  }));

test('a reply stored between look-up and claim is found, never paid again', () =>
  withStores(4, async (...open) => {
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    let paid = 0;
    const work = async (store: OpenReplyStore): Promise<void> => {
      for (const key of keys) {
        for (;;) {
          const { state } = (await store.claim([key]))[key]!;
          if (state === 'stored') break;
          if (state === 'busy') continue;
          paid += 1;
          await store.store([reply(key)]);
          break;
        }
      }
    };
    await Promise.all(open.map(work));
    assert.equal(paid, keys.length);
  }));

test('stores that overlap, in any order, lose no reply', () =>
  withStores(4, async (...open) => {
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
    await Promise.all(
      open.map((store, i) =>
        store.store([...keys.slice(i), ...keys.slice(0, i)].map((key) => reply(key))),
      ),
    );
    const claims = await states(open[0]!, keys);
    assert.ok(keys.every((key) => claims[key] === 'stored'));
  }));

test('one reply that cannot be stored leaves its whole insert out, and the claims as they were', () =>
  withStores(1, async (one) => {
    await one.claim(['a', 'b']);
    const broken = reply('b', { draw: 'NUL \u0000' });
    await assert.rejects(one.store([reply('a'), broken]));
    assert.deepEqual(await states(one, ['a', 'b']), { a: 'mine', b: 'mine' });
  }));

test('spend is summed by purpose, with the replies that were used again', () =>
  withStores(1, async (one) => {
    const cycle = await startCycle(db);
    await one.store([reply('a'), reply('b'), reply('c', { purpose: 'agent', price: 1 })]);
    await one.store([reply('d', { cycle: 'demo/2' })]);
    await one.claim(['a', 'b']);
    await one.claim(['a']);
    assert.deepEqual(await spendByPurpose(db, cycle), {
      agent: { calls: 1, inputTokens: 10, outputTokens: 2, price: 1, reused: 0 },
      judge: { calls: 2, inputTokens: 20, outputTokens: 4, price: 0.5, reused: 3 },
    });
    assert.deepEqual(await totalSpend(db, cycle), { calls: 3, usd: 1.5, tokens: 36 });
  }));

test('work is refused where it could go past the budget, and a retry replaces its own reservation', () =>
  withStores(1, async (one) => {
    const cycle = await startCycle(db);
    const holder = await one.holder();
    const granted = async (work: string, usd: number, at: Cycle = cycle) =>
      (await reserve(db, at, { work, usd, tokens: 0, holder })).refused === null;
    assert.equal(await granted('free', 1_000), true);
    await setBudget(db, cycle, { usd: 2 });
    assert.equal(await granted('one', 1.5), true);
    assert.equal(await granted('one', 1.5), true);
    assert.equal(await granted('two', 0.6), false);
    await one.store([reply('a', { price: 0.5 })]);
    await settle(db, cycle, { work: 'one' });
    assert.equal(await granted('two', 1.5), true);
    await setBudget(db, cycle, { tokens: 20 });
    const { refused } = await reserve(db, cycle, { work: 'x', usd: 0, tokens: 9, holder });
    assert.deepEqual([refused?.limit, refused?.spent.tokens], ['tokens', 12]);
  }));

test('of twenty reservations at once only those that fit are granted', () =>
  withStores(1, async (one) => {
    const cycle = await startCycle(db);
    await setBudget(db, cycle, { usd: 5 });
    const each = { usd: 1, tokens: 0, holder: await one.holder() };
    const ended = await Promise.all(
      Array.from({ length: 20 }, (_, i) => reserve(db, cycle, { work: `w${i}`, ...each })),
    );
    assert.equal(ended.filter(({ refused }) => refused === null).length, 5);
  }));
