import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../contracts/json.ts';
import { messagesOf, replyOf } from '../../../domain/trace/messages.ts';

const CALL = { id: 'c1', type: 'function', function: { name: 'hours', arguments: '{"shop":"x"}' } };
const args = { shop: 'x' };

test('a call beside words reads the same from the parts of every convention', () => {
  const forms: readonly Json[] = [
    { type: 'tool_call', id: 'c1', name: 'hours', arguments: args },
    { type: 'tool_use', id: 'c1', name: 'hours', input: args },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'hours', input: args },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'hours', args: '{"shop":"x"}' },
    { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'hours', arguments: '{"shop":"x"}' },
    { toolUse: { toolUseId: 'c1', name: 'hours', input: args } },
    { functionCall: { id: 'c1', name: 'hours', args } },
    { function_call: { id: 'c1', name: 'hours', args } },
  ];
  for (const form of forms)
    for (const content of [[form], JSON.stringify([form]), JSON.stringify(JSON.stringify([form]))])
      assert.deepEqual(messagesOf([{ role: 'assistant', content }]), [
        { role: 'assistant', content: '', tool_calls: [CALL] },
      ]);
});

test('a result is a message of the tool, from parts of every convention and lists of parts', () => {
  const forms: readonly Json[] = [
    { type: 'tool_call_response', id: 'c1', response: [{ type: 'text', text: '9:00' }] },
    { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '9:00' }] },
    { type: 'tool-result', toolCallId: 'c1', output: { type: 'text', value: '9:00' } },
    { type: 'function_call_output', call_id: 'c1', output: '9:00' },
    { toolResult: { toolUseId: 'c1', content: [{ text: '9:00' }] } },
    { functionResponse: { id: 'c1', response: '9:00' } },
  ];
  for (const form of forms)
    assert.deepEqual(messagesOf([{ role: 'user', content: [form] }]), [
      { role: 'tool', content: '9:00', tool_call_id: 'c1' },
    ]);
});

test('thoughts are apart from the answer in every form', () => {
  const forms: readonly Json[] = [
    { type: 'reasoning', content: 'secret' },
    { type: 'thinking', thinking: 'secret', signature: 'x' },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'secret' }] },
    { reasoningContent: { reasoningText: { text: 'secret' } } },
    { text: 'secret', thought: true },
  ];
  for (const form of forms) {
    const read = messagesOf([{ role: 'model', parts: [form, { text: 'At nine.' }] }]);
    assert.deepEqual(read, [{ role: 'assistant', content: 'At nine.', reasoning: 'secret' }]);
    assert.equal(replyOf(read), 'At nine.');
  }
});

test('LangChain’s messages, large images and plain texts that look like JSON', () => {
  const lc = {
    lc: 1,
    type: 'constructor',
    id: ['langchain', 'HumanMessage'],
    kwargs: { content: 'hi' },
  };
  assert.deepEqual(messagesOf([lc]), [{ role: 'user', content: 'hi' }]);
  const url = `data:image/png;base64,${'A'.repeat(2000)}`;
  const [image] = messagesOf([
    { role: 'user', content: [{ type: 'image_url', image_url: { url } }] },
  ]);
  assert.match(JSON.stringify(image), /blob:image\/png,2022 characters,sha256=[0-9a-f]{64}/);
  for (const content of ['[1, 2]', '{"a": 1}', '"quoted"', '[]', '[{"a":1}]'])
    assert.deepEqual(messagesOf([{ role: 'user', content }]), [{ role: 'user', content }]);
});
