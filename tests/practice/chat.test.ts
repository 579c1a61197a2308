import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reply } from '../../practice/chat.ts';
import { readChat, RequestError } from '../../practice/request.ts';

const encode = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');

const properties = {
  verdict: { rationale: { type: 'string' }, value: { type: 'boolean' } },
  distil: { guidelines: { type: 'array', items: { properties: { text: {}, sources: {} } } } },
  consolidate: { guidelines: { type: 'array', items: { properties: { text: {}, merged: {} } } } },
};

test('whatever the blocks of a request hold, a JSON reply comes', () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('guidelines', 'examples', 'inputs', 'outputs'), anything),
      fc.constantFrom(...Object.values(properties)),
      (blocks, asked) => {
        const content = Object.entries(blocks)
          .map(([name, value]) => `<${name}>\n${encode(value)}\n</${name}>`)
          .join('\n');
        const schema = { type: 'object', properties: asked };
        const body = {
          model: 'practice-judge',
          messages: [{ role: 'user', content }],
          response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
        };
        JSON.parse(reply(readChat(body)));
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever the messages say, a text comes, and quickly', () => {
  const started = process.cpuUsage();
  const hostile = [
    '-> '.repeat(50_000),
    ' '.repeat(200_000),
    "'".repeat(50_000),
    '- a'.repeat(50_000),
    '```\n'.repeat(20_000),
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(...hostile),
  );
  fc.assert(
    fc.property(texts, texts, (system, user) => {
      const messages = [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ];
      assert.equal(typeof reply(readChat({ model: 'practice-agent', messages })), 'string');
    }),
    { numRuns: 100 },
  );
  // Of the processor, as other programs of the machine take the rest.
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 20e6, `no text takes long; all took ${(user + system) / 1e6} s`);
});

test('whatever a body is, it is read or refused with a RequestError', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (body) => {
      try {
        readChat(body);
      } catch (error) {
        assert.ok(error instanceof RequestError);
      }
    }),
  );
});
