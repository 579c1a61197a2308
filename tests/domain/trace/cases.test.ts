import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readJson } from '../../../contracts/read-json.ts';
import type { ReceivedSpan } from '../../../contracts/trace.ts';
import { readOtlp } from '../../../domain/trace/otlp.ts';

function spans(name: string): readonly ReceivedSpan[] {
  const file = new URL(`../../fixtures/traces/${name}.json`, import.meta.url);
  const { spans: read, refused } = readOtlp(readJson(readFileSync(file, 'utf8')), { now: 0 });
  assert.deepEqual(refused, []);
  return read;
}

const call = (id: string): object => ({
  id,
  type: 'function',
  function: { name: 'hours', arguments: '{"shop":"x"}' },
});
const ASKED = { role: 'user', content: 'When does the shop open?' };

test('Strands: events with parts as JSON texts are words, calls, arguments and results', () => {
  const [agent, model, tool] = spans('strands-events');
  assert.deepEqual([agent!.kind, agent!.inputs, agent!.outputs], ['agent', [ASKED], 'At nine.']);
  assert.deepEqual(model!.inputs, [ASKED]);
  assert.deepEqual(model!.outputs, {
    role: 'assistant',
    content: 'Let me look.',
    tool_calls: [call('t1')],
  });
  assert.deepEqual(model!.usage, { inputTokens: 5, outputTokens: 3 });
  assert.deepEqual(
    [tool!.kind, tool!.name, tool!.inputs, tool!.outputs],
    ['tool', 'hours', { shop: 'x' }, '9:00'],
  );
});

test('pydantic-ai 2: a run’s messages are its question and its result, thoughts are no part of an answer', () => {
  const [agent, model] = spans('pydantic-v2');
  assert.deepEqual([agent!.kind, agent!.inputs, agent!.outputs], ['agent', [ASKED], 'At nine.']);
  assert.deepEqual([model!.kind, model!.inputs, model!.outputs], ['model', [ASKED], 'At nine.']);
  assert.match(JSON.stringify(model!.attributes), /They ask for hours/);
});

test('Langfuse: observations have their kinds, inputs, outputs, tokens and session', () => {
  const [agent, model] = spans('langfuse-sdk');
  assert.deepEqual(
    [agent!.kind, agent!.inputs, agent!.outputs, agent!.session],
    ['agent', { q: 'Open?' }, { a: 'At nine.' }, 's-1'],
  );
  assert.equal(agent!.attributes['user.id'], 'u');
  assert.deepEqual(
    [model!.kind, model!.inputs, model!.outputs],
    ['model', [{ role: 'user', content: 'Open?' }], 'At nine.'],
  );
  assert.deepEqual(model!.usage, { inputTokens: 5, outputTokens: 3 });
});

test('AI SDK: prompt and instructions are messages, calls are calls, a result that is a text is not quoted', () => {
  const asked = [
    { role: 'system', content: 'be short' },
    { role: 'user', content: 'Open?' },
  ];
  const [root, model, tool] = spans('ai-sdk');
  assert.deepEqual([root!.inputs, root!.outputs, root!.session], [asked, 'At nine.', 's9']);
  assert.deepEqual(root!.usage, { inputTokens: 5, outputTokens: 3 });
  assert.deepEqual(model!.inputs, asked);
  assert.deepEqual(model!.outputs, { role: 'assistant', content: '', tool_calls: [call('c1')] });
  assert.deepEqual([tool!.name, tool!.inputs, tool!.outputs], ['hours', { shop: 'x' }, '9:00']);
});

test('OpenInference: an image stays a part, a call without words is a call', () => {
  const [model] = spans('openinference-tools');
  assert.deepEqual(model!.inputs, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Open?' },
        { type: 'image', image: { image: { url: 'data:image/png;base64,AAAA' } } },
      ],
    },
  ]);
  assert.deepEqual(model!.outputs, { role: 'assistant', content: null, tool_calls: [call('c1')] });
  assert.deepEqual(model!.usage, { inputTokens: 5, outputTokens: 3 });
});

test('a reasoning part is not the answer, and stays in the attributes', () => {
  const [model] = spans('reasoning-part');
  assert.equal(model!.outputs, 'At nine.');
  assert.match(JSON.stringify(model!.attributes), /SECRET THOUGHTS/);
});

test('numbers beyond 2^53 keep their digits', () => {
  const [span] = spans('huge-ints');
  assert.deepEqual(span!.inputs, { account: '12345678901234567890', id: '9007199254740993' });
  assert.deepEqual(span!.outputs, { order: '107505301260286111' });
});

test('times in another unit are kept, with a remark', () => {
  const [span] = spans('ms-times');
  assert.equal(Math.round(span!.start), 1796081);
  assert.deepEqual(span!.origin.remarks, [
    'its times look like milliseconds, not nanoseconds: kept as they were sent',
  ]);
});
