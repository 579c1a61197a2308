import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../contracts/json.ts';
import type { SpanKind } from '../../../contracts/trace.ts';
import { read } from './otlp-json.ts';

const kindOf = (attributes: JsonObject): SpanKind => read({ attributes }).kind;

test('the kinds of every convention become ours, and what nobody names is `other`', () => {
  const table: Readonly<Record<string, Readonly<Record<string, SpanKind>>>> = {
    'gen_ai.operation.name': {
      chat: 'model',
      text_completion: 'model',
      generate_content: 'model',
      embeddings: 'embedding',
      execute_tool: 'tool',
      retrieval: 'retriever',
      invoke_agent: 'agent',
      create_agent: 'agent',
      invoke_workflow: 'chain',
      levitate: 'other',
    },
    'openinference.span.kind': {
      LLM: 'model',
      EMBEDDING: 'embedding',
      RETRIEVER: 'retriever',
      RERANKER: 'retriever',
      TOOL: 'tool',
      AGENT: 'agent',
      CHAIN: 'chain',
      GUARDRAIL: 'chain',
      WIZARD: 'other',
    },
    'mlflow.spanType': {
      '"CHAT_MODEL"': 'model',
      LLM: 'model',
      '"TOOL"': 'tool',
      '"RETRIEVER"': 'retriever',
      '"EMBEDDING"': 'embedding',
      '"AGENT"': 'agent',
      '"CHAIN"': 'chain',
      '"UNKNOWN"': 'other',
    },
    'ai.operationId': {
      'ai.generateText': 'chain',
      'ai.generateText.doGenerate': 'model',
      'ai.streamText.doStream': 'model',
      'ai.toolCall': 'tool',
      'ai.embed.doEmbed': 'embedding',
    },
    'traceloop.span.kind': { workflow: 'chain', task: 'chain', agent: 'agent', tool: 'tool' },
  };
  for (const [key, kinds] of Object.entries(table))
    for (const [value, kind] of Object.entries(kinds))
      assert.equal(kindOf({ [key]: value }), kind, `${key}=${value}`);
  assert.equal(kindOf({ 'http.request.method': 'GET' }), 'other');
  assert.equal(kindOf({ 'gen_ai.request.model': 'm' }), 'model');
});

test('a tool span has the name of its tool, its arguments and its result, and keeps the name it was sent with', () => {
  const spans = [
    {
      name: 'execute_tool lookup',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'lookup',
        'gen_ai.tool.call.arguments': '{"id":7}',
        'gen_ai.tool.call.result': { at: 'home' },
      },
    },
    {
      name: 'run lookup',
      attributes: {
        'openinference.span.kind': 'TOOL',
        'tool.name': 'lookup',
        'tool.parameters': '{"id":7}',
        'output.value': '{"at":"home"}',
        'output.mime_type': 'application/json',
      },
    },
    {
      name: 'lookup',
      attributes: {
        'mlflow.spanType': '"TOOL"',
        'mlflow.spanInputs': '{"id":7}',
        'mlflow.spanOutputs': '{"at":"home"}',
      },
    },
    {
      name: 'ai.toolCall',
      attributes: {
        'ai.operationId': 'ai.toolCall',
        'ai.toolCall.name': 'lookup',
        'ai.toolCall.args': '{"id":7}',
        'ai.toolCall.result': '{"at":"home"}',
      },
    },
  ];
  for (const given of spans) {
    const { name, inputs, outputs, origin } = read(given);
    assert.deepEqual([name, inputs, outputs], ['lookup', { id: 7 }, { at: 'home' }]);
    assert.equal(origin.name, given.name);
  }
});

test('tokens are read in every convention, old names too', () => {
  const given: readonly JsonObject[] = [
    { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 3 },
    { 'gen_ai.usage.prompt_tokens': 12, 'gen_ai.usage.completion_tokens': 3 },
    { 'llm.token_count.prompt': 12, 'llm.token_count.completion': 3 },
    { 'mlflow.chat.tokenUsage': '{"input_tokens":12,"output_tokens":3,"total_tokens":15}' },
    { 'ai.usage.promptTokens': 12, 'ai.usage.completionTokens': 3 },
  ];
  for (const attributes of given)
    assert.deepEqual(read({ attributes }).usage, { inputTokens: 12, outputTokens: 3 });
  assert.equal(read({}).usage, null);
});

test('the session is what any convention calls the conversation', () => {
  const given: readonly JsonObject[] = [
    { 'gen_ai.conversation.id': 'c7' },
    { 'session.id': 'c7' },
    { 'mlflow.trace.session': '"c7"' },
    { 'langfuse.session.id': 'c7' },
    { 'traceloop.association.properties.session_id': 'c7' },
  ];
  for (const attributes of given) assert.equal(read({ attributes }).session, 'c7');
  assert.equal(read({}).session, null);
});

test('an agent’s instructions are a part of it and not of what it was asked', () => {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.system_instructions': '[{"type":"text","content":"policy"}]',
    'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
  };
  const { inputs, attributes: kept } = read({ attributes });
  assert.deepEqual(inputs, [{ role: 'user', content: 'hi' }]);
  assert.deepEqual(kept, attributes);
});

test('an error is told by the status, else by the exception, else by its type', () => {
  const status = { code: 2 };
  const exception = { name: 'exception', attributes: { 'exception.message': 'no route' } };
  assert.equal(read({ status: { code: 2, message: 'late' }, events: [exception] }).message, 'late');
  assert.equal(read({ status, events: [exception] }).message, 'no route');
  assert.equal(read({ status, attributes: { 'error.type': 'timeout' } }).message, 'timeout');
  assert.deepEqual(
    [read({ status }).status, read({ status }).message, read({ status: { code: 1 } }).status],
    ['ERROR', null, 'OK'],
  );
});

test('documents of a retriever and texts of an embedding are read, its vectors left in the attributes', () => {
  const found = read({
    attributes: {
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'refund',
      'retrieval.documents.0.document.content': 'Refunds take a week.',
      'retrieval.documents.0.document.score': 0.5,
      'retrieval.documents.1.document.content': 'No refunds.',
    },
  });
  assert.equal(found.inputs, 'refund');
  assert.deepEqual(found.outputs, [
    { content: 'Refunds take a week.', score: 0.5 },
    { content: 'No refunds.' },
  ]);
  const embedded = read({
    attributes: {
      'openinference.span.kind': 'EMBEDDING',
      'embedding.embeddings.0.embedding.text': 'a',
      'embedding.embeddings.0.embedding.vector': [0.5, 0.25],
    },
  });
  assert.deepEqual([embedded.inputs, embedded.outputs], [['a'], null]);
});

test('names that would reach into objects are names like others', () => {
  const { attributes, inputs } = read({
    attributes: {
      ['__proto__']: 'x',
      'llm.input_messages.__proto__.polluted': 'y',
      'gen_ai.prompt.0.constructor': 'z',
    },
  });
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.ok(Object.hasOwn(attributes, 'llm.input_messages.__proto__.polluted'));
  assert.ok(Array.isArray(inputs));
});
