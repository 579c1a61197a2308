import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embedLocally, LOCAL_EMBEDDER } from '../../llm/embedder.ts';
import { estimateTokens } from '../../llm/tokens.ts';
import { loudReplies } from './loud-replies.ts';
import { modelAt } from './model-under-test.ts';
import { fails, scriptedServer, sendJson, type Step } from './scripted-server.ts';

const context = { project: 'default', cycle: 'c/1', model: 'embedder' };
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const texts = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `text ${i + from}`);

const vectors: Step = (response, { body }) => {
  const input = body['input'] as string[];
  const vectorOf = (text: string) => {
    const vector = new Float32Array([Number(text.split(' ')[1]) + 1, 1]);
    return body['encoding_format'] === 'base64'
      ? Buffer.from(vector.buffer).toString('base64')
      : [...vector];
  };
  sendJson(response, 200, {
    data: input.map((text, index) => ({ index, embedding: vectorOf(text) })),
    usage: { prompt_tokens: input.length * 3, total_tokens: input.length * 3 },
  });
};

test('n new texts cost ceil(n / 200) requests, and a text that is known costs none', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [vectors, vectors, vectors, vectors]);
  const model = modelAt(endpoint);
  const first = await model.embed(texts(450), context);
  assert.deepEqual(
    seen.map(({ body }) => (body['input'] as string[]).length),
    [200, 200, 50],
  );
  assert.equal(first.usage.inputTokens, 1350);
  const again = await model.embed([...texts(450), 'text 999', 'text 999'], context);
  assert.equal(seen.length, 4);
  assert.deepEqual(seen[3]!.body['input'], ['text 999']);
  assert.deepEqual(again.vectors.slice(0, 450), first.vectors);
  assert.deepEqual(again.vectors[450], again.vectors[451]);
});

test('vectors have unit length and keep the order of the texts', async (t) => {
  const { endpoint } = await scriptedServer(t, [vectors]);
  const { vectors: found } = await modelAt(endpoint).embed(texts(3), context);
  for (const [i, vector] of found.entries()) {
    assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-6);
    assert.ok(Math.abs(vector[0]! / vector[1]! - (i + 1)) < 1e-5);
  }
});

test('texts asked for twice at the same time are paid once', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [vectors, vectors]);
  const model = modelAt(endpoint);
  await Promise.all([model.embed(texts(30), context), model.embed(texts(40, 10), context)]);
  const sent = seen.flatMap(({ body }) => body['input'] as string[]);
  assert.equal(sent.length, 50);
  assert.equal(new Set(sent).size, 50);
});

test('a failing store or server rejects the caller and leaves no claim behind', async (t) => {
  const { endpoint } = await scriptedServer(t, [fails(400, { message: 'no' })]);
  const { session, holders } = loudReplies();
  const store = session();
  await assert.rejects(modelAt(endpoint, { replies: store }).embed(texts(5), context), /refuses/);
  assert.equal(holders.size, 0);
  const broken = { ...store, claim: () => Promise.reject(new Error('database is down')) };
  await assert.rejects(modelAt(endpoint, { replies: broken }).embed(texts(60), context), /is down/);
});

test('the local embedder asks no server', async () => {
  const model = modelAt('http://127.0.0.1:9/v1');
  const { vectors: found, price } = await model.embed(['a text'], {
    ...context,
    model: LOCAL_EMBEDDER,
  });
  assert.deepEqual(found, [embedLocally('a text')]);
  assert.equal(price, 0);
});

test('local vectors have 512 numbers and unit length; like texts are near, unlike ones far', () => {
  const [near, typo, far] = ['where is my parcel', 'where is my parcle?', 'the soup was cold'].map(
    embedLocally,
  );
  assert.equal(near!.length, 512);
  assert.ok(Math.abs(dot(near!, near!) - 1) < 1e-5);
  assert.ok(dot(near!, typo!) > 0.6, String(dot(near!, typo!)));
  assert.ok(dot(near!, far!) < 0.3, String(dot(near!, far!)));
  assert.ok(embedLocally('').every((x) => x === 0));
});

test('the estimate of tokens is a quarter of ASCII text and more for other scripts', () => {
  assert.equal(estimateTokens('four'.repeat(10)), 10);
  assert.ok(estimateTokens('日本語のテキスト') >= 5);
});
