import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import {
  AuthenticationError,
  BadRequestError,
  ContextLengthError,
  type ModelError,
  ModelNotFoundError,
  ModelTimeoutError,
  ModelUnreachableError,
  ModerationError,
  ProviderError,
  QuotaExhaustedError,
  RateLimitedError,
} from '../../llm/errors.ts';
import { createLimiter } from '../../llm/limiter.ts';
import { retryAfterMs, waitMs } from '../../llm/retry.ts';
import { loudReplies } from './loud-replies.ts';
import { asks, draw, KEY, modelAt } from './model-under-test.ts';
import {
  after,
  fails,
  resets,
  says,
  scriptedServer,
  sendsText,
  type Step,
} from './scripted-server.ts';

const never: Step = () => undefined;

/** Until it is so, looking again in every turn of the event loop. */
async function until(done: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!done()) {
    assert.ok(performance.now() < end, 'in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const storm = (headers: Record<string, string>): Step =>
  fails(429, { message: 'slow down', code: 'rate_limit_exceeded' }, headers);

test('a reply comes with its tokens, price and latency, and the second time from the ledger', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [after(30, says('hello'))]);
  const model = modelAt(endpoint, {
    prices: { 'test-model': { input: 1, cached: 0.5, output: 2 } },
  });
  const first = await model.complete(asks('hi'), draw('a'));
  assert.equal(first.text, 'hello');
  assert.deepEqual(first.usage, { inputTokens: 10, cachedTokens: 4, outputTokens: 5 });
  assert.equal(first.price, (6 * 1 + 4 * 0.5 + 5 * 2) / 1e6);
  assert.ok(first.latencyMs >= 29);
  const again = await model.complete(asks('hi'), draw('a'));
  assert.deepEqual(again, { ...first, fromLedger: true });
  assert.equal(seen.length, 1);
});

test('the key of the ledger goes along as Idempotency-Key, and the seed is made of the draw', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [says('a'), says('b'), says('a')]);
  const { session, replies } = loudReplies();
  const model = modelAt(endpoint, { replies: session() });
  await model.complete(asks('hi'), draw('a'));
  await model.complete(asks('hi'), draw('b'));
  const [first, second] = seen;
  assert.deepEqual(
    seen.map(({ headers }) => headers['idempotency-key']),
    [...replies.keys()],
  );
  assert.notEqual(first!.body['seed'], second!.body['seed']);
  await modelAt(endpoint).complete(asks('hi'), draw('a'));
  assert.equal(seen[2]!.body['seed'], first!.body['seed']);
  assert.equal(seen[2]!.headers['idempotency-key'], first!.headers['idempotency-key']);
});

test('429, 500, 409, 408 and a reset connection are tried again, up to five calls in all', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [
    storm({}),
    fails(500, { message: 'oops' }),
    fails(409, { message: 'conflict' }),
    resets,
    says('at last'),
  ]);
  assert.equal((await modelAt(endpoint).complete(asks('hi'), draw('a'))).text, 'at last');
  assert.equal(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size, 1);
});

test('after five failures the last error is thrown, its claim is free and nothing is stored', async (t) => {
  const { endpoint } = await scriptedServer(
    t,
    Array(5).fill(fails(503, { message: 'overloaded' })),
  );
  const { session, replies, holders } = loudReplies();
  const model = modelAt(endpoint, { replies: session() });
  await assert.rejects(model.complete(asks('hi'), draw('a')), (error: ModelError) => {
    assert.ok(error instanceof ProviderError);
    assert.equal(error.status, 503);
    assert.match(
      error.message,
      /test-model at http:\/\/127\.0\.0\.1:\d+\/v1 answered 503.*overloaded/,
    );
    return true;
  });
  assert.equal(replies.size + holders.size, 0);
});

for (const [name, headers, least] of [
  ['retry-after-ms', { 'retry-after-ms': '600' }, 595],
  ['retry-after in seconds', { 'retry-after': '0.65' }, 645],
] as const)
  test(`${name} is waited for, without holding a slot`, async (t) => {
    const { endpoint, seen } = await scriptedServer(t, [
      storm(headers),
      says('other'),
      says('late'),
    ]);
    const limiter = createLimiter({ concurrency: 1 });
    const model = modelAt(endpoint, { limiter });
    const waiting = model.complete(asks('hi'), draw('a'));
    await until(() => seen.length === 1 && limiter.state().active === 0);
    assert.equal((await model.complete(asks('meanwhile'), draw('b'))).text, 'other');
    assert.equal((await waiting).text, 'late');
    assert.ok(seen[2]!.at - seen[0]!.at >= least, `waited ${seen[2]!.at - seen[0]!.at} ms`);
  });

test('retry-after is read as milliseconds, seconds or HTTP date, and nonsense as nothing', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const read = (headers: Record<string, string>) =>
    retryAfterMs((name) => headers[name] ?? null, now);
  assert.equal(read({ 'retry-after-ms': '250', 'retry-after': '9' }), 250);
  assert.equal(read({ 'retry-after': '2' }), 2000);
  assert.equal(read({ 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }), 3000);
  assert.equal(read({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }), 0);
  assert.equal(read({ 'retry-after': 'soon' }), null);
  assert.equal(read({}), null);
});

test('without retry-after the wait is random below a ceiling that doubles', () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((attempt) => waitMs(attempt, null, () => 1)),
    [500, 1000, 2000, 4000],
  );
  assert.equal(
    waitMs(30, null, () => 1),
    20_000,
  );
  assert.equal(
    waitMs(1, null, () => 0),
    0,
  );
  assert.equal(
    waitMs(1, 1000, () => 1),
    1100,
  );
});

test('a longer retry-after than may be sat out is an error that tells the wait', async (t) => {
  const { endpoint } = await scriptedServer(t, [storm({ 'retry-after': '3600' })]);
  await assert.rejects(modelAt(endpoint).complete(asks('hi'), draw('a')), (error: ModelError) => {
    assert.ok(error instanceof RateLimitedError);
    assert.equal(error.retryAfterMs, 3_600_000);
    assert.match(error.message, /wait 3600 s/);
    return true;
  });
});

test('a storm of 429 over many calls ends with every reply, paid once each', async (t) => {
  // The calls refused are all first attempts, so none is refused more often than it may try.
  const script = Array.from({ length: 60 }, (_, i) =>
    i < 20 ? storm({ 'retry-after-ms': '5' }) : says('ok'),
  );
  const { endpoint, seen } = await scriptedServer(t, script);
  const { session, replies } = loudReplies();
  const model = modelAt(endpoint, { replies: session() });
  await Promise.all(Array.from({ length: 40 }, (_, i) => model.complete(asks(`q${i}`), draw('a'))));
  assert.equal(seen.length, 60);
  assert.equal(replies.size, 40);
});

for (const [status, error, wanted, remedy] of [
  [401, { message: `Incorrect API key provided: ${KEY}.` }, AuthenticationError, /OPENAI_API_KEY/],
  [403, { message: 'Project may not use it' }, AuthenticationError, /OPENAI_API_KEY/],
  [404, { message: 'The model does not exist' }, ModelNotFoundError, /ATTUNE_MODEL/],
  [
    429,
    { message: 'You exceeded your quota', code: 'insufficient_quota' },
    QuotaExhaustedError,
    /credit/,
  ],
  [402, { message: 'Payment required' }, QuotaExhaustedError, /credit/],
  [400, { message: 'context length exceeded' }, ContextLengthError, /context length exceeded/],
  [403, { message: 'This input was flagged by moderation' }, ModerationError, /filter refused/],
  [400, { message: 'messages: none is from the user' }, BadRequestError, /none is from/],
] as const)
  test(`${status} (${error.message.slice(0, 24)} ...) is not tried again and names the remedy, never the key`, async (t) => {
    const { endpoint } = await scriptedServer(t, [fails(status, error)]);
    await assert.rejects(
      modelAt(endpoint).complete(asks('hi'), draw('a')),
      (thrown: ModelError) => {
        assert.ok(thrown instanceof wanted, thrown.name);
        assert.equal(thrown.name, wanted.name);
        assert.equal(thrown.retryable, false);
        assert.match(thrown.message, remedy);
        assert.ok(!JSON.stringify([thrown.message, thrown]).includes(KEY));
        return true;
      },
    );
  });

test('a server that is not there is named as unreachable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(
    modelAt(`http://127.0.0.1:${port}/v1`).complete(asks('hi'), draw('a')),
    (error: ModelError) => {
      assert.ok(error instanceof ModelUnreachableError);
      assert.match(error.message, /ECONNREFUSED.*OPENAI_BASE_URL/);
      return true;
    },
  );
});

test('a server that is too slow is a timeout, and the next attempt may succeed', async (t) => {
  // On a busy machine a quick answer may come too late too: that is another attempt.
  const quick = Array.from({ length: 4 }, () => says('quick'));
  const { endpoint } = await scriptedServer(t, [never, ...quick]);
  const { text } = await modelAt(endpoint, { timeoutMs: 200 }).complete(asks('hi'), draw('a'));
  assert.equal(text, 'quick');
  const slow = await scriptedServer(t, [never]);
  await assert.rejects(
    modelAt(slow.endpoint, { timeoutMs: 100, attempts: 1 }).complete(asks('hi'), draw('a')),
    ModelTimeoutError,
  );
});

test('a body that is not JSON, or no chat completion, is a fault of the server and tried again', async (t) => {
  const { endpoint } = await scriptedServer(t, [
    sendsText('<html>busy</html>', 'text/html'),
    sendsText('{"choices": ['),
    sendsText('{"hello": 1}'),
    says('fine'),
  ]);
  assert.equal((await modelAt(endpoint).complete(asks('hi'), draw('a'))).text, 'fine');
});

test('a cancelled call ends its request and throws the reason of the signal', async (t) => {
  const leave = new AbortController();
  const stops: Step = () => leave.abort(new Error('worker stops'));
  const { endpoint, seen } = await scriptedServer(t, [stops]);
  const asking = modelAt(endpoint).complete(asks('hi'), draw('a', { signal: leave.signal }));
  await assert.rejects(asking, /worker stops/);
  assert.equal(seen.length, 1);
});
