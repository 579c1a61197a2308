import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredReply } from '../../contracts/model.ts';
import type { ReplyStore } from '../../contracts/reply-store.ts';
import { type Ask, createLedger, type LedgerCall } from '../../llm/ledger.ts';
import { ledgerKey, seedOf } from '../../llm/ledger-key.ts';
import { loudReplies } from './loud-replies.ts';

const reply = (key: string): StoredReply => ({
  key,
  purpose: 'agent',
  model: 'm',
  project: 'p',
  cycle: null,
  draw: 'd',
  reply: { text: key },
  usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
  price: 0,
  latencyMs: 1,
});

const ledgerOn = (store: ReplyStore, atRisk = 84) => createLedger(store, { atRisk });

const soon = () => new Promise((resolve) => setTimeout(resolve, 30));

const never = new AbortController().signal;

const call = (key: string, more: Partial<LedgerCall> = {}): LedgerCall => ({
  key,
  signal: never,
  produce: () => Promise.resolve(reply(key)),
  ...more,
});

const silent = (): Promise<never> => Promise.reject(new Error('no reply'));

const forbidden = (): never => assert.fail('a stored reply was asked for again');

test('a stored reply is never asked for again, also in another process', async () => {
  const { session } = loudReplies();
  const first = await ledgerOn(session()).once(call('a'));
  const second = await ledgerOn(session()).once(call('a', { produce: forbidden }));
  assert.equal(first.fromLedger, false);
  assert.deepEqual(second, { reply: reply('a'), fromLedger: true });
});

test('concurrent equals in a process are one call, and one of them pays', async () => {
  const ledger = ledgerOn(loudReplies().session());
  let asked = 0;
  const produce = () => Promise.resolve(reply(`a${(asked++, '')}`));
  const kept = await Promise.all([1, 2, 3].map(() => ledger.once(call('a', { produce }))));
  assert.equal(asked, 1);
  assert.deepEqual(
    kept.map(({ fromLedger }) => fromLedger),
    [false, true, true],
  );
});

test('an equal call in another process waits for the reply of the first', async () => {
  const { session } = loudReplies();
  const { promise, resolve } = Promise.withResolvers<StoredReply>();
  const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
  const first = ledgerOn(session()).once(call('a', { produce: () => (tellAsked(), promise) }));
  await asked;
  const second = ledgerOn(session()).once(call('a', { produce: forbidden }));
  setTimeout(() => resolve(reply('a')), 80);
  assert.equal((await second).fromLedger, true);
  assert.equal((await first).fromLedger, false);
});

test("a dead holder's claim is taken over", async () => {
  const { session } = loudReplies();
  const dead = session();
  await dead.claim(['a']);
  setTimeout(() => dead.end(), 60);
  const { fromLedger } = await ledgerOn(session()).once(call('a'));
  assert.equal(fromLedger, false);
});

test('a failure rejects its callers, gives up the claim and does not spoil the next call', async () => {
  const { session, holders } = loudReplies();
  const ledger = ledgerOn(session());
  const both = await Promise.allSettled(
    [1, 2].map(() => ledger.once(call('a', { produce: silent }))),
  );
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(holders.size, 0);
  assert.equal((await ledger.once(call('a'))).fromLedger, false);
});

test('a reply that cannot be stored rejects its own callers only', async () => {
  const { session, replies } = loudReplies();
  const store = session();
  const picky = {
    ...store,
    store: async (stored: readonly StoredReply[]) => {
      if (stored.some(({ key }) => key === 'bad')) throw new Error('value refused');
      await store.store(stored);
    },
  };
  const ledger = ledgerOn(picky);
  const [good, bad, other] = await Promise.allSettled(
    ['good', 'bad', 'other'].map((key) => ledger.once(call(key))),
  );
  assert.equal(good!.status, 'fulfilled');
  assert.equal(other!.status, 'fulfilled');
  assert.match(String((bad as PromiseRejectedResult).reason), /value refused/);
  assert.deepEqual([...replies.keys()].sort(), ['good', 'other']);
});

test('a reply is returned only after it is stored', async () => {
  const { session, replies } = loudReplies();
  await ledgerOn(session()).once(call('a'));
  assert.ok(replies.has('a'));
});

test('calls made together are claimed and stored together', async () => {
  const { session, calls } = loudReplies();
  const ledger = ledgerOn(session());
  await Promise.all(Array.from({ length: 100 }, (_, i) => ledger.once(call(`k${i}`))));
  assert.ok(calls.claim <= 4, `${calls.claim} claims`);
  assert.ok(calls.store <= 10, `${calls.store} inserts`);
});

test('a caller who leaves does not end the call that others wait for; the last one does', async () => {
  const ledger = ledgerOn(loudReplies().session());
  const leaving = [new AbortController(), new AbortController()] as const;
  const seen: AbortSignal[] = [];
  const produce = (signal: AbortSignal) => {
    seen.push(signal);
    return new Promise<StoredReply>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  };
  const calls = leaving.map(({ signal }) => ledger.once(call('a', { produce, signal })));
  const settled = Promise.allSettled(calls);
  await new Promise((resolve) => setTimeout(resolve, 20));
  leaving[0].abort(new Error('first left'));
  assert.equal(seen[0]!.aborted, false);
  leaving[1].abort(new Error('second left'));
  assert.equal(seen[0]!.aborted, true);
  const reasons = (await settled).map((result) => String((result as PromiseRejectedResult).reason));
  assert.deepEqual(reasons, ['Error: first left', 'Error: second left']);
});

test('the key depends on endpoint, model, body, purpose and draw, not on the order of keys in the body', () => {
  const identity = {
    endpoint: 'e',
    model: 'm',
    body: { a: 1, b: 2 },
    purpose: 'agent',
    draw: 'd',
  } as const;
  const key = ledgerKey(identity);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(ledgerKey({ ...identity, body: { b: 2, a: 1 } }), key);
  const others = [
    { endpoint: 'f' },
    { model: 'n' },
    { body: { a: 1 } },
    { purpose: 'judge' as const },
    { draw: 'x' },
  ];
  assert.equal(
    new Set([key, ...others.map((other) => ledgerKey({ ...identity, ...other }))]).size,
    6,
  );
});

test('a seed is 31 bits of the draw', () => {
  const seeds = Array.from({ length: 50 }, (_, i) => seedOf(`draw ${i}`));
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31));
  assert.equal(new Set(seeds).size, 50);
  assert.equal(seedOf('draw 1'), seeds[1]);
});

const gone = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));

test('a call that waited in a queue while the store went away asks the model nothing', async () => {
  let away = false;
  const ledger = ledgerOn({
    claim: (keys) =>
      away
        ? gone()
        : Promise.resolve(Object.fromEntries(keys.map((key) => [key, { state: 'mine' }]))),
    store: gone,
    release: () => Promise.resolve(),
  });
  const { promise: slot, resolve: freeSlot } = Promise.withResolvers<void>();
  let asked = 0;
  const queued = ledger.once(
    call('queued', {
      produce: async (_signal, ask) => {
        await slot;
        return ask(() => ((asked += 1), Promise.resolve(reply('queued'))));
      },
    }),
  );
  const lost = ledger.once(
    call('lost', { produce: () => ((away = true), Promise.resolve(reply('lost'))) }),
  );
  await assert.rejects(lost, /ECONNREFUSED/);
  freeSlot();
  await assert.rejects(queued, /ECONNREFUSED/);
  assert.equal(asked, 0);
});

test('calls under way and replies that wait to be stored have room together: a kill costs that many and no more', async () => {
  const { promise: storable, resolve: letStore } = Promise.withResolvers<void>();
  const store: ReplyStore = {
    claim: (keys) =>
      Promise.resolve(Object.fromEntries(keys.map((key) => [key, { state: 'mine' }]))),
    store: () => storable,
    release: () => Promise.resolve(),
  };
  const ledger = ledgerOn(store, 20);
  const answers = Array.from({ length: 45 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const produce = (at: number) => async (_signal: AbortSignal, ask: Ask) => {
    await ask(() => (begun.push(at), answers[at]!.promise));
    return reply(`k${at}`);
  };
  const calls = answers.map((_, at) => ledger.once(call(`k${at}`, { produce: produce(at) })));
  const settled = Promise.allSettled(calls);
  await soon();
  assert.equal(begun.length, 20);
  for (const at of [0, 1, 2, 3, 4]) answers[at]!.resolve();
  await soon();
  assert.equal(begun.length, 20, 'a reply that is not stored keeps its place');
  answers[5]!.reject(new Error('failed for good'));
  await soon();
  assert.equal(begun.length, 21, 'a call that failed gives its place to the next');
  letStore();
  await soon();
  assert.equal(begun.length, 26);
  answers.forEach(({ resolve }) => resolve());
  const ends = await settled;
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 44);
  assert.deepEqual(
    begun,
    answers.map((_, at) => at),
    'first come, first served',
  );
});
