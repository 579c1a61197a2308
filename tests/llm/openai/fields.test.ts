import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadRequestError } from '../../../llm/errors.ts';
import { asks, draw, modelAt } from '../model-under-test.ts';
import { type Behaviour, refuses, says } from './impolite.ts';
import { keeping, serving } from './learning.ts';

const WORDS: readonly (readonly [string, string, object?])[] = [
  [
    'max_completion_tokens',
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { param: 'max_tokens', code: 'unsupported_parameter' },
  ],
  ['max_completion_tokens', 'property `max_tokens` is unsupported'],
  ['max_completion_tokens', 'maxTokens: Extra inputs are not permitted'],
  ['max_completion_tokens', '#: extraneous key [max_tokens] is not permitted'],
];
for (const [name, message, more] of WORDS)
  test(`the length limit goes under the name that is taken: ${message.slice(0, 50)}`, async (t) => {
    const server = await serving(t, (b) =>
      'max_tokens' in b ? refuses(400, message, more) : says('ok'),
    );
    const model = modelAt(server.endpoint);
    await model.complete(asks('q', { maxTokens: 30 }), draw('a'));
    assert.equal(server.seen[1]!.body[name], 30);
    await model.complete(asks('q', { maxTokens: 40 }), draw('b'));
    assert.equal(server.seen.length, 3);
    assert.equal(server.seen[2]!.body[name], 40);
  });

test('where both names of the length limit are refused none is sent', async (t) => {
  const server = await serving(t, (b) => {
    const name = ['max_tokens', 'max_completion_tokens'].find((field) => field in b);
    return name === undefined ? says('ok') : refuses(400, `Unknown parameter: '${name}'.`);
  });
  await modelAt(server.endpoint).complete(asks('q', { maxTokens: 30 }), draw('a'));
  assert.equal(server.seen.length, 3);
});

test('a length limit that is too large is lowered to what is said, and one that is needed is added', async (t) => {
  const server = await serving(t, (b) => {
    if (!('max_tokens' in b)) return refuses(400, 'max_tokens: Field required');
    return Number(b['max_tokens']) > 4_096
      ? refuses(
          400,
          'max_tokens is too large: 16384. This model supports at most 4096 completion tokens, whereas you provided 16384.',
        )
      : says('ok');
  });
  const model = modelAt(server.endpoint);
  await model.complete(asks('q', { maxTokens: 16_384 }), draw('a'));
  assert.equal(server.seen.at(-1)!.body['max_tokens'], 4_096);
  await model.complete(asks('q'), draw('b'));
  assert.equal(server.seen.at(-1)!.body['max_tokens'], 4_096);
});

test('a limit that does not fit beside the prompt is lowered for this call alone', async (t) => {
  const server = await serving(t, (b) =>
    Number(b['max_tokens']) > 3_096
      ? refuses(
          400,
          "This model's maximum context length is 4096 tokens. However, you requested 5096 tokens (1000 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
        )
      : says('ok'),
  );
  const { rows, store } = keeping();
  const model = modelAt(server.endpoint, { dialects: store });
  await model.complete(asks('q', { maxTokens: 4_096 }), draw('a'));
  assert.equal(server.seen[1]!.body['max_tokens'], 3_080);
  assert.equal(rows.size, 0);
});

test('a temperature that is refused is left out, but one that a judge names is refused in clear words at once', async (t) => {
  const message =
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.";
  const server = await serving(t, (b) =>
    'temperature' in b
      ? refuses(400, message, { param: 'temperature', code: 'unsupported_value' })
      : says('ok'),
  );
  const model = modelAt(server.endpoint);
  await assert.rejects(
    model.complete(asks('q', { temperature: 0, fixed: ['temperature'] }), draw('a')),
    (error: unknown) => error instanceof BadRequestError && /temperature/.test(error.message),
  );
  assert.equal(server.seen.length, 1);
  await model.complete(asks('q', { temperature: 0 }), draw('b'));
  assert.equal(server.seen.length, 3);
});

const ROLES = [
  'System role not supported',
  'Developer instruction is not enabled for models/gemma-3-27b-it',
  "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
  'Conversation roles must alternate user/assistant/user/assistant/...',
  'Only user and assistant roles are supported!',
];
for (const message of ROLES)
  test(`without a role for instructions they go before the first user message: ${message.slice(0, 40)}`, async (t) => {
    const server = await serving(t, (b) =>
      (b['messages'] as { role: string }[])[0]!.role === 'system'
        ? refuses(400, message)
        : says('ok'),
    );
    await modelAt(server.endpoint).complete(
      {
        ...asks('q'),
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello' },
        ],
      },
      draw('a'),
    );
    assert.deepEqual(server.seen.at(-1)!.body['messages'], [
      { role: 'user', content: 'Be brief.\n\nHello' },
    ]);
  });

const tools = [{ type: 'function', function: { name: 'look', parameters: {} } }];
const noTools: Behaviour = (b) =>
  'tools' in b ? refuses(400, 'This model does not support tools') : says('ok');

test('an agent keeps its tools: a refusal of them is an error; a judge goes on without', async (t) => {
  const server = await serving(t, noTools);
  const model = modelAt(server.endpoint);
  await assert.rejects(model.complete(asks('q', { tools }), draw('a')), /does not support tools/);
  const judged = await model.complete(
    asks('q', { tools, toolChoice: 'auto' }),
    draw('a', { purpose: 'judge' }),
  );
  assert.equal(judged.text, 'ok');
  assert.equal('tool_choice' in server.seen.at(-1)!.body, false);
});

test('a choice of tools that is not taken becomes `auto`', async (t) => {
  const server = await serving(t, (b) =>
    b['tool_choice'] === 'required' ? refuses(400, 'tool_choice must be auto or none') : says('ok'),
  );
  await modelAt(server.endpoint).complete(asks('q', { tools, toolChoice: 'required' }), draw('a'));
  assert.equal(server.seen.at(-1)!.body['tool_choice'], 'auto');
});

test('a server that fails once with a format keeps it; one that does so again is asked in words from then on', async (t) => {
  const server = await serving(t, (b) =>
    b['response_format'] ? refuses(500, 'Internal Server Error') : says('{}'),
  );
  const { rows, store } = keeping();
  const model = modelAt(server.endpoint, { dialects: store });
  const request = asks('q', { schema: { name: 's', schema: { type: 'object' } } });
  await model.complete(asks('an answer in words says nothing of formats'), draw('a'));
  await model.complete(request, draw('a'));
  assert.equal(rows.size, 0);
  await model.complete(request, draw('b'));
  assert.equal(rows.size, 1);
  const before = server.seen.length;
  await model.complete(request, draw('c'));
  assert.equal(server.seen.length, before + 1);
});

test('a field that was blamed wrongly is sent again, and not remembered as refused', async (t) => {
  const server = await serving(t, (b) =>
    b['response_format']
      ? refuses(400, 'Parameters seed and response_format cannot be used together here')
      : says('{}'),
  );
  const { rows, store } = keeping();
  const schema = { name: 's', schema: { type: 'object' } };
  await modelAt(server.endpoint, { dialects: store }).complete(asks('q', { schema }), draw('a'));
  assert.equal('seed' in server.seen.at(-1)!.body, true);
  assert.deepEqual([...rows.keys()], ['response_format']);
});

test('texts go in as many pieces as the endpoint takes, and the size is remembered', async (t) => {
  const batches: number[] = [];
  const server = await serving(
    t,
    () => says('unused'),
    ({ input }) => {
      const texts = input as string[];
      batches.push(texts.length);
      return texts.length > 3
        ? refuses(400, 'BatchEmbedContentsRequest.requests: at most 3 requests can be in one batch')
        : {
            status: 200,
            body: {
              data: texts.map((text, index) => ({ index, embedding: [1, text.length] })),
              usage: { prompt_tokens: 6 },
            },
          };
    },
  );
  const model = modelAt(server.endpoint);
  const context = { model: 'embedder', project: 'default', cycle: null };
  const found = await model.embed(['a', 'bb', 'ccc', 'dddd', 'eeeee'], context);
  assert.equal(found.vectors.length, 5);
  await model.embed(['f', 'gg', 'hhh', 'iiii'], context);
  assert.deepEqual(batches, [5, 3, 2, 3, 1]);
});
