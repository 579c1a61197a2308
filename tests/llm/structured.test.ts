import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { Json } from '../../contracts/json.ts';
import { ModelDeclinedError, ReplyFormatError } from '../../llm/errors.ts';
import { parseReply } from '../../llm/reply-json.ts';
import { loudReplies } from './loud-replies.ts';
import { asks, draw, modelAt } from './model-under-test.ts';
import { fails, says, scriptedServer } from './scripted-server.ts';

const shape = z.strictObject({ value: z.boolean() });
const read = (json: Json) => shape.parse(json);
const schema = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { value: { type: 'boolean' } },
    required: ['value'],
    additionalProperties: false,
  },
};
const request = asks('right?', { schema });
const refusal = fails(400, { message: "'response_format' of type json_schema is not supported" });
const formatOf = (body: Readonly<Record<string, unknown>>) =>
  (body['response_format'] as { type: string } | undefined)?.type ?? 'none';

test('the schema goes to a server that takes it, strict where every property is required', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [says('{"value":true}')]);
  const found = await modelAt(endpoint).structured(request, draw('a'), read);
  assert.deepEqual(found.value, { value: true });
  assert.equal(found.attempts, 1);
  assert.deepEqual(seen[0]!.body['response_format'], {
    type: 'json_schema',
    json_schema: { ...schema, strict: true },
  });
});

test('where the schema is refused JSON mode is used, and the refusal is remembered', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [
    refusal,
    says('{"value":false}'),
    says('{"value":true}'),
  ]);
  const model = modelAt(endpoint);
  assert.deepEqual((await model.structured(request, draw('a'), read)).value, { value: false });
  assert.deepEqual((await model.structured(request, draw('b'), read)).value, { value: true });
  assert.deepEqual(
    seen.map(({ body }) => formatOf(body)),
    ['json_schema', 'json_object', 'json_object'],
  );
  const [first] = seen[2]!.body['messages'] as { role: string; content: string }[];
  assert.match(first!.content, /JSON schema:\n\{.*"value"/);
});

test('where JSON mode is refused too the words alone ask for it', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [
    refusal,
    refusal,
    says('Sure:\n```json\n{"value": true}\n```'),
  ]);
  const { value } = await modelAt(endpoint).structured(request, draw('a'), read);
  assert.deepEqual(value, { value: true });
  assert.equal(formatOf(seen[2]!.body), 'none');
});

test('a refusal that is not about the format is thrown at once', async (t) => {
  const { endpoint } = await scriptedServer(t, [
    fails(400, { message: 'maximum context length exceeded' }),
  ]);
  await assert.rejects(modelAt(endpoint).structured(request, draw('a'), read), /context length/);
});

test('a reply that does not fit is asked for once more, and the model sees its reply and the fault', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [
    says('{"value":"maybe"}'),
    says('{"value":true}'),
  ]);
  const found = await modelAt(endpoint).structured(request, draw('a'), read);
  assert.equal(found.attempts, 2);
  assert.equal(found.completion.usage.inputTokens, 20);
  const messages = seen[1]!.body['messages'] as { role: string; content: string }[];
  assert.deepEqual(
    messages.map(({ role }) => role),
    ['user', 'assistant', 'user'],
  );
  assert.equal(messages[1]!.content, '{"value":"maybe"}');
  assert.match(messages[2]!.content, /expected boolean/);
  assert.notEqual(seen[0]!.body['seed'], seen[1]!.body['seed']);
});

test('what fails twice is an error with the reply, and both replies stay in the ledger', async (t) => {
  const { endpoint, seen } = await scriptedServer(t, [says('no JSON here'), says('{"value":2}')]);
  const { session, replies } = loudReplies();
  const model = modelAt(endpoint, { replies: session() });
  const rejects = () =>
    assert.rejects(model.structured(request, draw('a'), read), (error: unknown) => {
      assert.ok(error instanceof ReplyFormatError);
      assert.equal(error.fault, 'unparseable');
      assert.equal(error.completion.text, '{"value":2}');
      return true;
    });
  await rejects();
  assert.deepEqual(
    [...replies.values()].map(({ draw: name }) => name),
    ['a', 'a/attempt-2'],
  );
  await rejects();
  assert.equal(seen.length, 2);
});

test('a model that declines is not asked again', async (t) => {
  const { endpoint } = await scriptedServer(t, [says('', { refusal: 'I cannot help with that' })]);
  await assert.rejects(modelAt(endpoint).structured(request, draw('a'), read), (error: unknown) => {
    assert.ok(error instanceof ModelDeclinedError);
    assert.match(error.message, /I cannot help with that/);
    return true;
  });
});

test('JSON is found alone, in a fence and among words; without any the fault is told', () => {
  assert.deepEqual(parseReply(' {"a":1} '), { a: 1 });
  assert.deepEqual(parseReply('```json\n{"a":1}\n```'), { a: 1 });
  assert.deepEqual(parseReply('The answer is {"a":1}.'), { a: 1 });
  assert.deepEqual(parseReply('[1,2]'), [1, 2]);
  assert.throws(() => parseReply('nothing'), SyntaxError);
  assert.throws(() => parseReply(''), SyntaxError);
});
