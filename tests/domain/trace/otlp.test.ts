import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Json } from '../../../contracts/json.ts';
import { OtlpError, readOtlp } from '../../../domain/trace/otlp.ts';
import { read } from './otlp-json.ts';

const NAMES = [
  'resourceSpans',
  'scopeSpans',
  'spans',
  'resource',
  'scope',
  'attributes',
  'key',
  'value',
  'stringValue',
  'arrayValue',
  'kvlistValue',
  'values',
  'intValue',
  'doubleValue',
  'events',
  'traceId',
  'spanId',
  'startTimeUnixNano',
  'status',
  'links',
  'name',
];
const leaf = fc.oneof(
  fc.constantFrom<Json>('1'.repeat(32), '2'.repeat(16), 'gen_ai.input.messages', '[{"role":1}]'),
  fc.jsonValue().map((value) => value as Json),
);
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 8 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 5 }),
  ),
}));

test('whatever JSON comes, reading gives spans and refusals or an OtlpError', () => {
  fc.assert(
    fc.property(tree, tree, (payload, spans) => {
      for (const given of [payload, { resourceSpans: [{ scopeSpans: [{ spans: [spans] }] }] }])
        try {
          readOtlp(given, { now: 0 });
        } catch (error) {
          if (!(error instanceof OtlpError)) throw error;
        }
    }),
    { numRuns: 2_000 },
  );
});

test('whatever attributes and events come, a span of good ids is kept with all its attributes', () => {
  const keys = fc.constantFrom(
    'gen_ai.input.messages',
    'gen_ai.prompt.0',
    'gen_ai.prompt.0.content',
    'gen_ai.completion',
    'llm.input_messages.0.message',
    'llm.output_messages.x',
    'input.value',
    'mlflow.spanType',
    'mlflow.chat.tokenUsage',
    'gen_ai.usage.input_tokens',
    'session.id',
    'ai.prompt',
    'tool.name',
    'openinference.span.kind',
    'gen_ai.operation.name',
    'gen_ai.system_instructions',
    'a.b',
  );
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);
  const value = fc.oneof(
    json,
    json.map((each) => JSON.stringify(each)),
    fc.constant('TOOL'),
  );
  const bag = fc.dictionary(keys, value);
  const event = fc.record({
    name: fc.constantFrom('gen_ai.choice', 'gen_ai.user.message', 'gen_ai.content.prompt'),
    attributes: bag,
  });
  fc.assert(
    fc.property(bag, fc.array(event, { maxLength: 3 }), (attributes, events) => {
      const span = read({ attributes, events });
      assert.deepEqual(Object.keys(span.attributes), Object.keys(attributes));
    }),
    { numRuns: 1_000 },
  );
});

test('a JSON text too deep to be read stays a text', () => {
  const deep = '['.repeat(100_000);
  const { inputs } = read({ attributes: { 'mlflow.spanInputs': deep } });
  assert.equal(inputs, deep);
});

test('times keep their microseconds, and numbers beyond doubles stay whole as texts', () => {
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    startTimeUnixNano: '1700000000123456789',
    endTimeUnixNano: 1700000000223456789n.toString(),
    attributes: [{ key: 'n', value: { intValue: '9223372036854775807' } }],
  };
  const { spans } = readOtlp({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }, { now: 0 });
  assert.ok(Math.abs(spans[0]!.start - 1700000000123.4568) < 0.001);
  assert.ok(Math.abs(spans[0]!.end - spans[0]!.start - 100) < 0.001);
  assert.equal(spans[0]!.attributes['n'], '9223372036854775807');
});

test('a resource too large to be kept with every span is cut to its name, and that is told', () => {
  const attributes = [
    { key: 'service.name', value: { stringValue: 'shop' } },
    { key: 'blob', value: { stringValue: 'x'.repeat(40_000) } },
  ];
  const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), startTimeUnixNano: '1' };
  const group = { resource: { attributes }, scopeSpans: [{ spans: [span] }] };
  const [found] = readOtlp({ resourceSpans: [group] }, { now: 0 }).spans;
  assert.deepEqual(found?.origin.resource, { 'service.name': 'shop' });
  assert.match(found?.origin.remarks.join() ?? '', /of its resource, larger than 32000/);
});
