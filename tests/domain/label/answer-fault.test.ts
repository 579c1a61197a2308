import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { type Value, valueType } from '../../../contracts/value.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';

const judge = (value: object, notApplicable = false) =>
  judgeDefinition.parse({
    name: 'j',
    instructions: '{{outputs}}',
    value: valueType.parse(value),
    notApplicable,
  });

const TYPES: readonly (readonly [object, readonly Value[], readonly Value[]])[] = [
  [{ type: 'boolean' }, [true, false], ['true', 1, 'not applicable']],
  [{ type: 'categories', categories: { good: 1, bad: 0 } }, ['good'], ['Good', 'toString', true]],
  [{ type: 'integer', min: 1, max: 5 }, [1, 5], [0, 6, 2.5, '3', Number.NaN]],
  [{ type: 'number', min: 0, max: 1 }, [0, 0.5, 1], [-0.1, 1.1, '1', Number.NaN]],
  [{ type: 'text' }, ['x'], ['', '  ', 1]],
];

test('a value of the judge’s type is an answer, and any other is told why not', () => {
  for (const [type, good, bad] of TYPES) {
    for (const value of good) assert.equal(answerFault(judge(type), value), null);
    for (const value of bad)
      assert.match(answerFault(judge(type), value) ?? '', /is not (one|true|a )/);
  }
});

test('`not applicable` is an answer only where the judge allows it', () => {
  const type = { type: 'boolean' };
  assert.equal(answerFault(judge(type, true), 'not applicable'), null);
  assert.match(answerFault(judge(type), 'not applicable') ?? '', /is not true or false/);
});
