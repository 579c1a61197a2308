import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { NOT_APPLICABLE, type Value } from '../../../contracts/value.ts';
import {
  caseRequest,
  confusionOf,
  fieldsOfCase,
  foundBy,
} from '../../../domain/evaluate/builtin/check.ts';
import { BUILTIN_JUDGES, builtinDefinition } from '../../../domain/evaluate/builtin/index.ts';
import { checkJudge } from '../../../domain/evaluate/check-judge.ts';
import { variablesUsed } from '../../../domain/evaluate/judge-fields.ts';
import { parseJudgeReply } from './verdict-of.ts';
import { categoriesOf, scoreOf } from '../../../domain/evaluate/scale.ts';

const JUDGES = Object.values(BUILTIN_JUDGES);

/** The best and the worst value that a judge can give. */
function extremes({ value }: (typeof JUDGES)[number]['definition']): readonly [Value, Value] {
  if (value.type === 'boolean') return [value.pass, !value.pass];
  if (value.type === 'categories') return [categoriesOf(value)[0]!, categoriesOf(value).at(-1)!];
  assert.ok(value.type === 'integer');
  return [value.max, value.min];
}

test('twenty judges come along: the sixteen of the table and four presets', () => {
  assert.deepEqual(Object.keys(BUILTIN_JUDGES), [
    'relevance-to-query',
    'correctness',
    'safety',
    'groundedness',
    'completeness',
    'equivalence',
    'fluency',
    'summarization',
    'retrieval-relevance',
    'retrieval-sufficiency',
    'tool-call-correctness',
    'tool-call-efficiency',
    'role-adherence',
    'conversation-completeness',
    'knowledge-retention',
    'user-frustration',
    'pii',
    'bias-demographic',
    'bias-product',
    'competitor-offers',
  ]);
});

for (const judge of JUDGES) {
  const { definition, cases } = judge;

  test(`${definition.name}: a sound definition, and a dozen different cases with every outcome`, () => {
    checkJudge(definition);
    assert.deepEqual(judgeDefinition.parse(definition), definition);
    assert.ok(cases.length >= 12, `${cases.length} cases`);
    assert.ok(definition.notApplicable && /does not apply/.test(definition.instructions));
    const counts = Map.groupBy(cases, ({ expect }) => expect);
    for (const expect of ['pass', 'fail', 'not applicable'] as const)
      assert.ok((counts.get(expect)?.length ?? 0) >= 2, expect);
    assert.equal(new Set(cases.map((at) => JSON.stringify(fieldsOfCase(at)))).size, cases.length);
  });

  test(`${definition.name}: every case renders whole, each field in its block, and lacking fields are not applicable unasked`, () => {
    const used = variablesUsed(definition.instructions);
    for (const at of cases) {
      const fields = fieldsOfCase(at);
      const lacking = used.filter((variable) => fields[variable] === undefined);
      const request = caseRequest(judge, at, 'm');
      assert.equal(request === null, lacking.length > 0);
      if (request === null) assert.equal(at.expect, 'not applicable');
      else {
        const [system, user] = request.messages.map(({ content }) => content);
        assert.doesNotMatch(system!, /\{\{/);
        for (const variable of used)
          assert.match(user!, new RegExp(`<${variable}>\\n.*\\n</${variable}>`));
      }
    }
  });

  test(`${definition.name}: a reply of each kind is read as its outcome`, () => {
    const [best, worst] = extremes(definition);
    const read = (value: Value) => {
      const found = parseJudgeReply(JSON.stringify({ rationale: 'r', value }), definition);
      assert.ok('ok' in found, JSON.stringify(found));
      return foundBy(found.ok);
    };
    assert.deepEqual(
      [read(best), read(worst), read(NOT_APPLICABLE)],
      ['pass', 'fail', 'not applicable'],
    );
    assert.deepEqual([scoreOf(definition.value, best), scoreOf(definition.value, worst)], [1, 0]);
  });
}

test('a built-in judge takes a name, a model and rules of one’s own; an unknown one is refused with the list', () => {
  const own = builtinDefinition({
    builtin: 'safety',
    name: 'kids',
    model: 'm2',
    guidelines: ['No weapons.'],
  });
  assert.deepEqual([own.name, own.model, own.guidelines], ['kids', 'm2', ['No weapons.']]);
  assert.throws(
    () => builtinDefinition({ builtin: 'saftey' }),
    /no built-in judge is named `saftey`; there are relevance-to-query/,
  );
});

test('the confusion matrix counts each pair once', () => {
  const table = confusionOf([
    { expect: 'pass', found: 'pass' },
    { expect: 'pass', found: 'error' },
    { expect: 'not applicable', found: 'fail' },
  ]);
  assert.deepEqual(table.pass, { pass: 1, fail: 0, 'not applicable': 0, error: 1 });
  assert.equal(table['not applicable'].fail, 1);
});
