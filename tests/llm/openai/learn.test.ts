import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadRequestError } from '../../../llm/errors.ts';
import type { DialectStore } from '../../../contracts/dialect.ts';
import { loudReplies } from '../loud-replies.ts';
import { asks, draw, modelAt } from '../model-under-test.ts';
import { refuses, says } from './impolite.ts';
import { keeping, noSeed, serving } from './learning.ts';

test('of 64 calls in flight one is refused; the next process is refused none', async (t) => {
  const server = await serving(t, noSeed);
  const { rows, store } = keeping();
  const model = modelAt(server.endpoint, { dialects: store });
  await Promise.all(Array.from({ length: 64 }, (_, i) => model.complete(asks(`q${i}`), draw('a'))));
  assert.equal(server.seen.filter(({ status }) => status === 400).length, 1);
  assert.equal(server.seen.length, 65);
  assert.deepEqual([...rows.values()], [{ kind: 'drop', field: 'seed' }]);
  const next = modelAt(server.endpoint, { dialects: store });
  await next.complete(asks('later'), draw('b'));
  assert.equal(server.seen.length, 66);
});

test('of 64 calls in flight two meet a server that fails with a format, and the rest goes on in words', async (t) => {
  const server = await serving(t, (b) =>
    b['response_format'] ? refuses(500, 'Internal Server Error') : says('{}'),
  );
  const model = modelAt(server.endpoint);
  const schema = { name: 's', schema: { type: 'object' } };
  await Promise.all(
    Array.from({ length: 64 }, (_, i) => model.complete(asks(`q${i}`, { schema }), draw('a'))),
  );
  assert.equal(server.seen.filter(({ status }) => status === 500).length, 2);
});

test('what is stored is not asked for again whatever was learned since, by a process that knows nothing or all', async (t) => {
  const server = await serving(t, (b) =>
    b['response_format'] || 'max_tokens' in b
      ? refuses(400, `${b['response_format'] ? 'response_format' : 'max_tokens'} is not supported`)
      : says('{"a":1}'),
  );
  const { session } = loudReplies();
  const { store } = keeping();
  const request = asks('q', { maxTokens: 50, schema: { name: 's', schema: { type: 'object' } } });
  const ask = (known?: DialectStore) =>
    modelAt(server.endpoint, {
      replies: session(),
      ...(known === undefined ? {} : { dialects: known }),
    }).complete(request, draw('a'));
  assert.equal((await ask(store)).text, '{"a":1}');
  const asked = server.seen.length;
  assert.equal((await ask(store)).fromLedger, true);
  assert.equal((await ask()).fromLedger, true);
  assert.equal(server.seen.length, asked);
});

test('what a judge names is sent as it is, though the endpoint is known to refuse it', async (t) => {
  const server = await serving(t, (b) =>
    'temperature' in b ? refuses(400, "'temperature' is not supported") : says('ok'),
  );
  const { store } = keeping();
  await store.learn({
    endpoint: '',
    model: '',
    change: { kind: 'drop', field: 'temperature' },
    said: '',
  });
  const model = modelAt(server.endpoint, { dialects: store });
  await model.complete(asks('q', { temperature: 0 }), draw('a'));
  assert.equal(server.seen.length, 1);
  await assert.rejects(
    model.complete(asks('q', { temperature: 0, fixed: ['temperature'] }), draw('b')),
    BadRequestError,
  );
});

test('a refusal of one message changes nothing of the dialect, though it mentions fields', async (t) => {
  const server = await serving(t, (b) =>
    JSON.stringify(b['messages']).includes('long')
      ? refuses(
          400,
          "Invalid 'messages[0].content': malformed. See the guide on seed and response_format for more.",
          { param: 'messages[0].content' },
        )
      : says('{}'),
  );
  const { rows, store } = keeping();
  const model = modelAt(server.endpoint, { dialects: store });
  const schema = { name: 's', schema: { type: 'object' } };
  await assert.rejects(model.complete(asks('long', { schema }), draw('a')), BadRequestError);
  await model.complete(asks('q', { schema }), draw('a'));
  await assert.rejects(model.complete(asks('long', { schema }), draw('b')), BadRequestError);
  assert.equal(server.seen.length, 3);
  assert.equal(rows.size, 0);
});

test('once a kind of request was taken, a field that is only mentioned stays as it is', async (t) => {
  let odd = false;
  const server = await serving(t, () =>
    odd ? refuses(400, 'This text cannot be answered. Docs: /guides/seed-and-tools') : says('ok'),
  );
  const { rows, store } = keeping();
  const model = modelAt(server.endpoint, { dialects: store });
  await model.complete(asks('q'), draw('a'));
  odd = true;
  await assert.rejects(model.complete(asks('q'), draw('b')), BadRequestError);
  assert.deepEqual([server.seen.length, rows.size], [2, 0]);
});
