import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json } from '../../../contracts/json.ts';
import { readVerdict } from '../../../domain/evaluate/judge-reply.ts';
import { renderJudgeRequest } from '../../../domain/evaluate/judge-prompt.ts';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { ModelError } from '../../../llm/errors.ts';
import { draw, modelAt } from '../model-under-test.ts';
import {
  type Behaviour,
  type Impolite,
  impoliteServer,
  J,
  refuses,
  says,
  verdict,
} from './impolite.ts';

const judge = judgeDefinition.parse({
  name: 'good',
  instructions: 'Is {{ outputs }} good?',
  value: { type: 'boolean' },
});
const read = (json: Json) => readVerdict(json, judge);
const requestTo = (model: string) =>
  renderJudgeRequest({
    definition: judge,
    model,
    guidelines: [],
    examples: [],
    fields: { outputs: 'yes' },
  });

type Case = {
  readonly does: Behaviour;
  /** Value, or a word of the error. */
  readonly right: boolean | RegExp;
  readonly kind?: string;
  /** Requests in all. */
  readonly requests: number;
  readonly output?: number;
};

const draft = verdict(true, 'draft');
const final = verdict(false, 'final');
const cut = { choice: { finish_reason: 'length' } };
const part = (type: string, text: string) => ({
  type,
  [type === 'text' ? 'text' : type]: type === 'thinking' ? [{ type: 'text', text }] : text,
});

const CASES: Readonly<Record<string, Case>> = {
  'no-seed (Gemini)': {
    does: (b) =>
      'seed' in b
        ? refuses(400, 'Invalid JSON payload received. Unknown name "seed": Cannot find field.')
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (Mistral)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 422,
            body: {
              object: 'error',
              message: {
                detail: [
                  {
                    type: 'extra_forbidden',
                    loc: ['body', 'seed'],
                    msg: 'Extra inputs are not permitted',
                    input: 1,
                  },
                ],
              },
            },
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (FastAPI)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 422,
            body: { detail: [{ loc: ['body', 'seed'], msg: 'extra fields not permitted' }] },
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (serde)': {
    does: (b) =>
      'seed' in b
        ? refuses(
            422,
            'Failed to deserialize the JSON body: unknown field `seed`, expected one of `model`, `messages`, `max_tokens`, `response_format`, `temperature`',
          )
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (a Python keyword, 500)': {
    does: (b) =>
      'seed' in b
        ? refuses(500, "TypeError: create() got an unexpected keyword argument 'seed'")
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (a list, as Google wraps errors)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 400,
            body: [
              { error: { code: 400, message: 'Unknown name "seed"', status: 'INVALID_ARGUMENT' } },
            ],
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (no words at all)': {
    does: (b) => ('seed' in b ? { status: 400, raw: '' } : says(verdict())),
    right: true,
    // Two formats are tried before.
    requests: 4,
  },
  'no-format': {
    does: (b) =>
      b['response_format']
        ? refuses(400, 'response_format is not supported by this model')
        : says(verdict()),
    right: true,
    requests: 3,
  },
  'format-500': {
    does: (b) => (b['response_format'] ? refuses(500, 'Internal Server Error') : says(verdict())),
    right: true,
    requests: 2,
  },
  'all refused, one after the other': {
    does: (b) => {
      const messages = b['messages'] as { role: string }[];
      if ('seed' in b) return refuses(400, 'Unrecognized request argument supplied: seed');
      if (b['response_format']) return refuses(400, 'This response_format type is unavailable now');
      if (messages[0]?.role === 'system') return refuses(400, 'System role not supported');
      return says(verdict());
    },
    right: true,
    requests: 5,
  },
  chunks: {
    does: () => says([part('thinking', `hm ${verdict(false)}`), part('text', verdict())]),
    right: true,
    requests: 1,
  },
  'think-final': {
    does: () => says(`<think>draft ${draft}</think>\n${final}`),
    right: false,
    requests: 1,
  },
  'thinking tags of another name': {
    does: () => says(`<thinking>\n${draft}\n</thinking>\n${final}`),
    right: false,
    requests: 1,
  },
  'close-only': {
    does: () => says(`draft ${draft}\n</think>\n\nFinal: ${final}`),
    right: false,
    requests: 1,
  },
  'think-cut': {
    does: () => says(`<think>First idea: ${draft} but wait`, cut),
    right: /cut at its length limit/,
    kind: 'unparseable',
    requests: 2,
  },
  'think-cut, whole with more room': {
    does: (b) =>
      Number(b['max_tokens'] ?? 0) >= 4_096
        ? says(`<think>${draft}</think>${final}`)
        : says(`<think>First idea: ${draft} but wait`, cut),
    right: false,
    requests: 2,
  },
  'think-open that the server calls finished': {
    does: () => says(`<think>First idea: ${draft} but wait`),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
  'reasoning-only': {
    does: () => says('', { message: { reasoning_content: `thought ${draft}` } }),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
  'reasoning field': {
    does: () => says(final, { message: { reasoning: draft } }),
    right: false,
    requests: 1,
  },
  'channels of gpt-oss': {
    does: () =>
      says(
        `<|channel|>analysis<|message|>${draft}<|end|><|start|>assistant<|channel|>final<|message|>${final}<|return|>`,
      ),
    right: false,
    requests: 1,
  },
  'channels without their marks': {
    does: () => says(`analysisWe think ${draft}assistantfinal${final}`),
    right: false,
    requests: 1,
  },
  'a verdict that quotes a tag': {
    does: () => says(verdict(false, 'it leaks <think>secrets</think> and </think>')),
    right: false,
    requests: 1,
  },
  'a verdict in words that quotes a tag': {
    does: () => says(`Here: ${verdict(false, 'it leaks </think>')}`),
    right: false,
    requests: 1,
  },
  'answer-then-example': {
    does: () => says(`${draft}\n\nHad it been wrong I would have said ${final}`),
    right: /contradict/,
    kind: 'unparseable',
    requests: 2,
  },
  'one object with two values': {
    does: () => says('{"rationale": "x", "value": true, "value": false}'),
    right: /contradict/,
    kind: 'unparseable',
    requests: 2,
  },
  'the same verdict twice': {
    does: () => says(`${verdict(true, 'a')}\n\`\`\`json\n${verdict(true, 'b')}\n\`\`\``),
    right: true,
    requests: 1,
  },
  'a whole verdict, cut afterwards': {
    does: () => says(`${draft} On second thoughts`, cut),
    right: /cut/,
    kind: 'unparseable',
    requests: 2,
  },
  'torn JSON that is called finished': {
    does: () => says('{"rationale": "torn", "value": true, "more": {"value": true}, "and'),
    right: /no whole JSON/,
    kind: 'unparseable',
    requests: 2,
  },
  'err-200': {
    does: () => ({
      status: 200,
      body: {
        error: { message: 'Provider returned error: upstream down', code: 502 },
        user_id: 'u',
      },
    }),
    right: /upstream down/,
    kind: 'provider',
    requests: 5,
  },
  'err-200-401': {
    does: () => ({
      status: 200,
      body: { error: { message: 'No auth credentials found', code: 401 } },
    }),
    right: /key was refused.*No auth/,
    kind: 'authentication',
    requests: 1,
  },
  'err-200-429': {
    does: (_, n) =>
      n < 3
        ? { status: 200, body: { error: { message: 'slow down', code: 429 } } }
        : says(verdict()),
    right: true,
    requests: 3,
  },
  'err-200-400 on seed': {
    does: (b) =>
      'seed' in b
        ? { status: 200, body: { error: { message: 'unknown field: seed', code: 400 } } }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'choice-error': {
    does: (_, n) =>
      n < 2
        ? says('{"ration', {
            choice: { finish_reason: 'error', error: { code: 502, message: 'stream closed' } },
          })
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'mod-403': {
    does: () => ({
      status: 403,
      body: {
        error: {
          code: 403,
          message: 'openai/gpt requires moderation. Your input was flagged',
          metadata: { reasons: ['violence'], flagged_input: 'x' },
        },
      },
    }),
    right: /filter refused.*flagged/,
    kind: 'moderation',
    requests: 1,
  },
  'filter-400 (Azure)': {
    does: () =>
      refuses(
        400,
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        { code: 'content_filter', status: 400 },
      ),
    right: /filter refused/,
    kind: 'moderation',
    requests: 1,
  },
  'filter in the finish reason': {
    does: () => says('', { choice: { finish_reason: 'content_filter' } }),
    right: /declined/,
    kind: 'refused',
    requests: 1,
  },
  refusal: {
    does: () => says(null, { message: { refusal: 'I cannot help with that.' } }),
    right: /cannot help/,
    kind: 'refused',
    requests: 1,
  },
  'key-403': {
    does: () => refuses(403, 'Your account is not authorized to use this model'),
    right: /key was refused/,
    kind: 'authentication',
    requests: 1,
  },
  'usage-reasoning': {
    does: () =>
      says(verdict(), {
        usage: {
          prompt_tokens: 100,
          completion_tokens: 10,
          total_tokens: 5_110,
          completion_tokens_details: { reasoning_tokens: 5_000 },
        },
      }),
    right: true,
    requests: 1,
    output: 5_010,
  },
  'usage-text': {
    does: () => says(verdict(), { usage: { prompt_tokens: '100', completion_tokens: '10' } }),
    right: true,
    requests: 1,
    output: 10,
  },
  'usage-fraction': {
    does: () => says(verdict(), { usage: { prompt_tokens: 10.5, completion_tokens: 10.2 } }),
    right: true,
    requests: 1,
    output: 11,
  },
  'usage-neg': {
    does: () => says(verdict(), { usage: { prompt_tokens: -1, completion_tokens: -1 } }),
    right: true,
    requests: 1,
  },
  'usage-huge': {
    does: () => says(verdict(), { usage: { prompt_tokens: 1e30, completion_tokens: 1e30 } }),
    right: true,
    requests: 1,
  },
  'usage-null': { does: () => says(verdict(), { usage: null }), right: true, requests: 1 },
  'usage-nonsense': { does: () => says(verdict(), { usage: 'many' }), right: true, requests: 1 },
  'raw-newline': {
    does: () => says('{"rationale": "line one\nline two", "value": true}'),
    right: true,
    requests: 1,
  },
  'raw-tab': {
    does: () => says('{"rationale": "col\tcol", "value": true}'),
    right: true,
    requests: 1,
  },
  'loose quotes': {
    does: () => says('{"rationale": "he said "yes" to it", "value": true}'),
    right: true,
    requests: 1,
  },
  'fence-in-string': {
    does: () =>
      says(`\`\`\`json\n${verdict(true, 'code:\n```js\nx={a:1}\n```\nis right')}\n\`\`\``),
    right: true,
    requests: 1,
  },
  bom: { does: () => says(`\ufeff${verdict()}`), right: true, requests: 1 },
  sse: {
    does: () => ({
      status: 200,
      raw: `data: ${J({ choices: [{ delta: { content: verdict() } }] })}\n\ndata: [DONE]\n\n`,
      type: 'text/event-stream',
    }),
    right: true,
    requests: 1,
  },
  'sse in pieces, with thoughts and usage': {
    does: () => ({
      status: 200,
      type: 'text/event-stream; charset=utf-8',
      raw: [
        ': OPENROUTER PROCESSING',
        ...[
          { reasoning_content: draft },
          { role: 'assistant', content: '{"ration' },
          { content: 'ale":"x","value":false}' },
        ].map((delta) => `data: ${J({ choices: [{ index: 0, delta, finish_reason: null }] })}`),
        `data: ${J({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}`,
        `data: ${J({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 9 } })}`,
        'data: [DONE]',
        '',
      ].join('\n\n'),
    }),
    right: false,
    requests: 1,
    output: 9,
  },
  'sse that breaks off': {
    does: (_, n) =>
      n === 1
        ? {
            status: 200,
            raw: `data: ${J({ choices: [{ delta: { content: draft } }] })}\n\n`,
            type: 'text/event-stream',
          }
        : says(final),
    right: false,
    requests: 2,
  },
  'sse with an error': {
    does: () => ({
      status: 200,
      raw: `data: ${J({ error: { message: 'invalid key', code: 401 } })}\n\n`,
      type: 'text/event-stream',
    }),
    right: /key was refused/,
    kind: 'authentication',
    requests: 1,
  },
  'lines of JSON': {
    does: () => ({
      status: 200,
      raw: ['{"ration', 'ale":"x","value":true}']
        .map((content) => J({ choices: [{ delta: { content } }] }))
        .concat(J({ choices: [{ delta: {}, finish_reason: 'stop' }] }))
        .join('\n'),
      type: 'application/x-ndjson',
    }),
    right: true,
    requests: 1,
  },
  'context-length': {
    does: () =>
      refuses(
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 10015 tokens.",
        { code: 'context_length_exceeded' },
      ),
    right: /takes 8192 tokens/,
    kind: 'context-length',
    requests: 1,
  },
  'content-null': { does: () => says(null), right: /empty/, kind: 'unparseable', requests: 2 },
  'content that is parsed already': {
    does: () => says({ rationale: 'x', value: false }),
    right: false,
    requests: 1,
  },
  'JSON inside of JSON': { does: () => says(J(verdict(false))), right: false, requests: 1 },
  'a tool of the gateway in the place of a schema': {
    does: () =>
      says(null, {
        choice: { finish_reason: 'tool_calls' },
        message: {
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'json', arguments: verdict(false) } },
          ],
        },
      }),
    right: false,
    requests: 1,
  },
  'two tools that contradict each other': {
    does: () =>
      says(null, {
        message: {
          tool_calls: [true, false].map((value) => ({
            type: 'function',
            function: { name: 'json', arguments: verdict(value) },
          })),
        },
      }),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
  'no choices': {
    does: (_, n) =>
      n === 1 ? { status: 200, body: { choices: [], usage: null } } : says(verdict()),
    right: true,
    requests: 2,
  },
};

let server: Impolite;
before(async () => {
  server = await impoliteServer(
    Object.fromEntries(Object.entries(CASES).map(([name, { does }]) => [name, does])),
  );
});
after(() => server.close());

for (const [name, { right, requests, kind, output }] of Object.entries(CASES))
  test(`${name}: ${right instanceof RegExp ? `an error (${right.source})` : right}, after ${requests} requests`, async () => {
    const asking = modelAt(server.endpoint).structured(requestTo(name), draw('a'), read);
    if (typeof right === 'boolean') {
      const { value, completion } = await asking;
      assert.equal(value.value, right);
      if (output !== undefined) assert.equal(completion.usage.outputTokens, output);
    } else
      await assert.rejects(asking, (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.match(error.message, right);
        assert.equal(error.fault, kind);
        return true;
      });
    assert.equal(server.of(name).length, requests);
  });
