import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillTemplate, placeholderFaults, variablesOf } from '../../contracts/template.ts';

const REFUSED = [
  '{{ inputs | tojson }}',
  '{{ message | upper }}',
  '{{{message}}}',
  '{{#each items}}{{/each}}',
  '{{^empty}}',
  '{{> partial }}',
  '{{! a remark }}',
  '{% if plan %}Greet.{% endif %}',
  '{%- set a = 1 -%}',
  '{# a remark #}',
  '{{ items[0] }}',
  '{{ user-name }}',
  "{{ inputs['a'] }}",
  '{{ upper(message) }}',
  '{{ a if b else c }}',
  '{{}}',
  '{{ message',
  '{{- message -}}',
  '{{ "json": 1 }}',
  '{{ имя }}',
];

for (const text of REFUSED)
  test(`${text} is not understood, and refused with its place`, () => {
    const [fault] = placeholderFaults(`Answer.\n  ${text}`);
    assert.match(fault ?? '', /^line 2, column 3: `/);
  });

const TAKEN = [
  '{{message}} and {{ inputs.plan.name }}',
  'Reply as {"a": {"b": 1}} or {"a":{"b":{"c":1}}}',
  'Reply as {"a": {"b": {{message}}}}',
  'Reply as {"text": {{ message }}}',
  '${x}, {x}, {}, 100 {%} and { {{x}} }',
  'Go: \\{{ .Name | upper }}, then {{message}}',
  '#{x} {#heading}',
];

for (const text of TAKEN)
  test(`${text} is taken`, () => assert.deepEqual(placeholderFaults(text), []));

test('the remedy names the variable that a filter was put on', () => {
  assert.match(placeholderFaults('{{ inputs | tojson }}')[0]!, /write `\{\{inputs\}\}`/);
});

test('escaped braces stand for two braces and name no variable', () => {
  const text = 'Keep \\{{name}} as it is; {{message}}';
  assert.deepEqual(variablesOf(text), ['message']);
  assert.equal(fillTemplate(text, { name: 'Ann', message: 'Hi' }), 'Keep {{name}} as it is; Hi');
});
