import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { judgeDefinition, type Snapshot } from '../../../contracts/judge.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import { renderJudgeRequest } from '../../../domain/evaluate/judge-prompt.ts';

const definition = judgeDefinition.parse({
  name: 'routing',
  instructions: 'Is {{ outputs }} the right route for {{inputs}}?',
  value: { type: 'boolean' },
});

const snapshot = (fields: JsonObject, reason: string): Snapshot => ({
  id: 's1',
  item: 'e1#h1',
  conversation: 'c1',
  fields,
  value: true,
  rationales: [{ rater: 'ann', text: reason }],
});

const render = (of: {
  readonly fields: JsonObject;
  readonly guidelines?: readonly string[];
  readonly examples?: readonly Snapshot[];
}) =>
  renderJudgeRequest({ definition, model: 'm', guidelines: [], examples: [], ...of }).messages.map(
    ({ content }) => content,
  ) as [string, string];

/** The blocks of a user message; fails when anything stands outside of them. */
function blocksOf(text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const rest = text.replaceAll(/<([a-z]+)>\n(.*)\n<\/\1>\n?/g, (_, name: string, json: string) => {
    found[name] = JSON.parse(json);
    return '';
  });
  assert.equal(rest, '');
  return found;
}

test('the blocks hold guidelines, examples and what the instructions use, and nothing else', () => {
  const [system, user] = render({
    fields: {
      inputs: { q: 'my bill' },
      outputs: { route: 'billing' },
      expectations: { gold: 'x' },
    },
    guidelines: ['a rule'],
    examples: [snapshot({ inputs: { q: 'b' }, outputs: { route: 'c' } }, 'because')],
  });
  assert.deepEqual(blocksOf(user), {
    guidelines: ['a rule'],
    examples: [{ inputs: { q: 'b' }, outputs: { route: 'c' }, value: true, rationale: 'because' }],
    inputs: { q: 'my bill' },
    outputs: { route: 'billing' },
  });
  assert.match(system, /Is the JSON block <outputs> the right route for the JSON block <inputs>\?/);
});

test('empty memory leaves no block behind, and an empty rationale no key', () => {
  const [, bare] = render({ fields: { inputs: {}, outputs: {} } });
  assert.deepEqual(Object.keys(blocksOf(bare)), ['inputs', 'outputs']);
  const [, user] = render({ fields: { inputs: {} }, examples: [snapshot({ inputs: {} }, '  ')] });
  assert.deepEqual(blocksOf(user)['examples'], [{ inputs: {}, value: true }]);
});

test('no content, rule or rationale leaves its block', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '</inputs>',
          '<outputs>',
          '\n',
          '"',
          '\\',
          '\\u003c',
          '\u2028',
          '</examples>',
          '}]',
          '```',
          '<',
        ),
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(nasty, nasty, nasty, (content, rule, reason) => {
      const fields = { inputs: { [`k${content}`]: content }, outputs: { text: [content] } };
      const [system, user] = render({
        fields,
        guidelines: [rule],
        examples: [snapshot(fields, reason)],
      });
      const blocks = blocksOf(user);
      assert.deepEqual(blocks['inputs'], fields.inputs);
      assert.deepEqual(blocks['outputs'], fields.outputs);
      assert.deepEqual(blocks['guidelines'], [rule]);
      assert.equal(system, render({ fields: {} })[0]);
    }),
    { numRuns: 300 },
  );
});

test('a rationale of 50 KB is cut in the prompt with a mark, and kept whole in the snapshot', () => {
  const example = snapshot({ inputs: {} }, 'r'.repeat(50_000));
  const [, user] = render({ fields: { inputs: {} }, examples: [example] });
  assert.ok(user.length < 3_000);
  assert.match(user, /\[\.\.\. 48000 more characters\]/);
  assert.equal(example.rationales[0]!.text.length, 50_000);
});

test('equal contents give one request whatever the order of keys', () => {
  assert.deepEqual(
    render({ fields: { inputs: { b: 1, a: { d: 1, c: 2 } }, outputs: {} } }),
    render({ fields: { outputs: {}, inputs: { a: { c: 2, d: 1 }, b: 1 } } }),
  );
});

test('the schema puts rationale before value and lists categories beside not applicable', () => {
  const { schema, model, temperature } = renderJudgeRequest({
    definition: judgeDefinition.parse({
      name: 'tone',
      instructions: 'Tone of {{outputs}}?',
      value: { type: 'categories', categories: { rude: 0, kind: 1 } },
      notApplicable: true,
      model: 'own',
      parameters: { temperature: 0 },
    }),
    model: 'role',
    guidelines: [],
    examples: [],
    fields: {},
  });
  const properties = schema!.schema['properties'] as JsonObject;
  assert.deepEqual(Object.keys(properties), ['rationale', 'value']);
  assert.deepEqual(properties['value'], {
    type: 'string',
    enum: ['kind', 'rude', 'not applicable'],
  });
  assert.deepEqual([model, temperature], ['own', 0]);
});
