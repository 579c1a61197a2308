import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import { type Given, read } from './otlp-json.ts';

const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'lookup', arguments: '{"id":7}' },
};
const SYSTEM = { role: 'system', content: 'Be brief.' };
const ASKED = { role: 'user', content: 'Where is it?' };
const RESULT = { role: 'tool', content: '{"at":"home"}', tool_call_id: 'call_1' };

const chat = { 'gen_ai.operation.name': 'chat' };
const text = (value: Json): string => JSON.stringify(value);

// One exchange in every form it is sent in: each must read the same.
const forms: Readonly<Record<string, Given>> = {
  'parts in JSON texts, OpenTelemetry since 1.37': {
    attributes: {
      ...chat,
      'gen_ai.system_instructions': text([{ type: 'text', content: 'Be brief.' }]),
      'gen_ai.input.messages': text(parts()),
      'gen_ai.output.messages': text(answerParts()),
    },
  },
  'parts in structured attributes': {
    attributes: {
      ...chat,
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
      'gen_ai.input.messages': parts(),
      'gen_ai.output.messages': answerParts(),
    },
  },
  'one event of details': {
    attributes: chat,
    events: [
      {
        name: 'gen_ai.client.inference.operation.details',
        attributes: {
          'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
          'gen_ai.input.messages': parts(),
          'gen_ai.output.messages': answerParts(),
        },
      },
    ],
  },
  'an event a message, OpenTelemetry until 1.36': {
    attributes: chat,
    events: [
      { name: 'gen_ai.system.message', attributes: { content: 'Be brief.' } },
      { name: 'gen_ai.user.message', attributes: { content: 'Where is it?' } },
      { name: 'gen_ai.tool.message', attributes: { content: '{"at":"home"}', id: 'call_1' } },
      {
        name: 'gen_ai.choice',
        attributes: {
          index: 0,
          finish_reason: 'tool_calls',
          message: text({ role: 'assistant', content: 'I look.', tool_calls: [CALL] }),
        },
      },
    ],
  },
  'events with a whole prompt': {
    attributes: chat,
    events: [
      {
        name: 'gen_ai.content.prompt',
        attributes: { 'gen_ai.prompt': text([SYSTEM, ASKED, RESULT]) },
      },
      {
        name: 'gen_ai.content.completion',
        attributes: {
          'gen_ai.completion': text([
            { role: 'assistant', content: 'I look.', tool_calls: [CALL] },
          ]),
        },
      },
    ],
  },
  'numbered attributes of OpenLLMetry': {
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Be brief.',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Where is it?',
      'gen_ai.prompt.2.role': 'tool',
      'gen_ai.prompt.2.content': '{"at":"home"}',
      'gen_ai.prompt.2.tool_call_id': 'call_1',
      'gen_ai.completion.0.content': 'I look.',
      'gen_ai.completion.0.tool_calls.0.id': 'call_1',
      'gen_ai.completion.0.tool_calls.0.name': 'lookup',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"id":7}',
    },
  },
  'numbered attributes of OpenInference': {
    attributes: {
      'openinference.span.kind': 'LLM',
      'input.value': 'never read where messages are',
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'Be brief.',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.contents.0.message_content.type': 'text',
      'llm.input_messages.1.message.contents.0.message_content.text': 'Where is it?',
      'llm.input_messages.2.message.role': 'tool',
      'llm.input_messages.2.message.content': '{"at":"home"}',
      'llm.input_messages.2.message.tool_call_id': 'call_1',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'I look.',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'lookup',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"id":7}',
    },
  },
};

function parts(): readonly JsonObject[] {
  const response = { type: 'tool_call_response', id: 'call_1', response: '{"at":"home"}' };
  return [
    { role: 'user', parts: [{ type: 'text', content: 'Where is it?' }] },
    { role: 'tool', parts: [response] },
  ];
}

function answerParts(): readonly JsonObject[] {
  const call = { type: 'tool_call', id: 'call_1', name: 'lookup', arguments: { id: 7 } };
  return [
    {
      role: 'assistant',
      parts: [{ type: 'text', content: 'I look.' }, call],
      finish_reason: 'tool_call',
    },
  ];
}

for (const [form, given] of Object.entries(forms))
  test(`the same exchange reads the same from ${form}`, () => {
    const span = read(given);
    assert.equal(span.kind, 'model');
    assert.deepEqual(span.inputs, [SYSTEM, ASKED, RESULT]);
    assert.deepEqual(span.outputs, {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [CALL],
    });
    assert.deepEqual(Object.keys(span.attributes), Object.keys(given.attributes ?? {}));
  });

test('an answer of text alone is that text, and several choices are a list', () => {
  const one = read({ attributes: { 'gen_ai.completion.0.content': 'Yes.' } });
  assert.equal(one.outputs, 'Yes.');
  const two = read({
    attributes: { 'gen_ai.completion.0.content': 'Yes.', 'gen_ai.completion.1.content': 'No.' },
  });
  assert.deepEqual(two.outputs, [
    { role: 'assistant', content: 'Yes.' },
    { role: 'assistant', content: 'No.' },
  ]);
});

test('a part that is no text is kept as it is', () => {
  const image = { type: 'uri', modality: 'image', uri: 'https://example.test/a.png' };
  const said = { role: 'user', parts: [{ type: 'text', content: 'See' }, image] };
  const { inputs } = read({ attributes: { ...chat, 'gen_ai.input.messages': [said] } });
  assert.deepEqual(inputs, [{ role: 'user', content: said.parts }]);
});
