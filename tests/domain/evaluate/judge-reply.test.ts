import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { checkJudge, judgeFaults } from '../../../domain/evaluate/check-judge.ts';
import { parseJudgeReply } from './verdict-of.ts';

const judge = (value: unknown, more: Record<string, unknown> = {}) =>
  judgeDefinition.parse({ name: 'j', instructions: 'Judge {{outputs}}', value, ...more });
const yesNo = judge({ type: 'boolean', pass: false });
const tone = judge({ type: 'categories', categories: { 'Very kind': 1, fair: 0.5, rude: 0 } });
const stars = judge({ type: 'integer', min: 1, max: 5 });

const verdictOf = (text: string, definition = yesNo) => {
  const read = parseJudgeReply(text, definition);
  return 'ok' in read ? read.ok : read.error.kind;
};

test('a plain reply becomes value, declared score and rationale', () => {
  assert.deepEqual(verdictOf('{"rationale":"r","value":true}'), {
    value: true,
    score: 0,
    rationale: 'r',
  });
  assert.deepEqual(verdictOf('{"rationale":"r","value":4}', stars), {
    value: 4,
    score: 0.75,
    rationale: 'r',
  });
});

const valueOf = (text: string, definition = yesNo) => {
  const read = verdictOf(text, definition);
  return typeof read === 'string' ? read : read.value;
};

test('a fence, prose, other cases, yes and no, and numbers as text are read', () => {
  assert.equal(
    valueOf('Sure:\n```json\n{"rationale":"a {brace}","value":"No"}\n```\nDone.'),
    false,
  );
  assert.equal(valueOf('First {"value": true} but no, {"Rationale":"x","VALUE":"yes."}'), true);
  assert.equal(valueOf('{"value":"  very  KIND. "}', tone), 'Very kind');
  assert.equal(valueOf('{"value":"4.0"}', stars), 4);
  assert.equal(valueOf('true'), true);
});

test('what is no verdict names its kind, so that it can be asked again', () => {
  assert.equal(verdictOf('I cannot judge this.'), 'not-json');
  assert.equal(verdictOf(''), 'not-json');
  assert.equal(verdictOf('{"rationale":"r"}'), 'no-value');
  assert.equal(verdictOf('[1]'), 'no-value');
  for (const bad of ['"maybe"', 'null', '1', '{"a":1}', '"constructor"'])
    assert.equal(verdictOf(`{"value":${bad}}`), 'wrong-value', bad);
  for (const bad of ['6', '0', '2.5', '"five"', 'true', '""', '[3]', 'null'])
    assert.equal(verdictOf(`{"value":${bad}}`, stars), 'wrong-value', bad);
  assert.equal(verdictOf('{"value":"polite"}', tone), 'wrong-value');
  const read = parseJudgeReply('{"value":"polite"}', tone);
  assert.ok('error' in read && /"Very kind", "fair", "rude"/.test(read.error.message));
});

test('not applicable is a value without a score where the judge allows it, else an error', () => {
  const lenient = judge({ type: 'boolean' }, { notApplicable: true });
  const expected = { value: 'not applicable', score: null, rationale: '' };
  assert.deepEqual(verdictOf('{"value":"Not applicable"}', lenient), expected);
  assert.deepEqual(verdictOf('{"value":"n/a"}', lenient), expected);
  assert.equal(verdictOf('{"value":"not applicable"}'), 'wrong-value');
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      for (const definition of [yesNo, tone, stars, judge({ type: 'text' })])
        parseJudgeReply(text, definition);
    }),
    { numRuns: 300 },
  );
  parseJudgeReply('{'.repeat(200_000), yesNo);
});

test('an unknown variable is refused by name together with the allowed ones', () => {
  const wrong = { ...yesNo, instructions: 'Is {{answer}} right for {{inputs.question}}?' };
  assert.throws(() => checkJudge(wrong), {
    name: 'InvalidJudgeError',
    message:
      'judge j: instructions name the unknown variable {{answer}}; use {{inputs}} {{outputs}} {{expectations}} {{trace}} {{conversation}}; instructions name the unknown variable {{inputs.question}}; write {{inputs}} and name the part in words',
  });
  assert.equal(judgeFaults({ ...yesNo, instructions: 'Is it good?' }).length, 1);
});

const faults = (value: unknown, more = {}) => judgeFaults(judge(value, more)).length;

test('values that could tell nothing apart are refused', () => {
  assert.equal(faults({ type: 'boolean' }), 0);
  assert.equal(faults({ type: 'integer', min: 3, max: 3 }), 1);
  assert.equal(faults({ type: 'categories', categories: { a: 1 } }), 1);
  assert.equal(faults({ type: 'categories', categories: { a: 1, b: 1 } }), 1);
  assert.equal(faults({ type: 'categories', categories: { a: 1, ' A': 0 } }), 1);
  assert.equal(faults({ type: 'categories', categories: { a: 1, b: 1, c: 0 }, ordinal: true }), 1);
  assert.equal(faults({ type: 'categories', categories: { a: 1, b: 0 }, ordinal: true }), 0);
  const clash = { type: 'categories', categories: { a: 1, 'not applicable': 0 } };
  assert.equal(faults(clash, { notApplicable: true }), 1);
});
