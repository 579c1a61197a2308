import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outsideOfThinking, separateThinking } from '../../llm/thinking.ts';

const CASES: readonly (readonly [string, string, string])[] = [
  ['<think>a</think>b', 'b', 'a'],
  ['  <THINK>\na\n</THINK>\n\nb', 'b', 'a'],
  ['<thinking duration="2">a</thinking>b', 'b', 'a'],
  ['<thought>a</thought>b', 'b', 'a'],
  ['<reasoning>a</reasoning>b', 'b', 'a'],
  ['<seed:think>a</seed:think>b', 'b', 'a'],
  ['[THINK]a[/THINK]b', 'b', 'a'],
  ['◁think▷a◁/think▷b', 'b', 'a'],
  ['<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>', 'b', 'a'],
  ['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>', 'b', 'a'],
  ['a</think>b', 'b', 'a'],
  ['a</think>c</think>b', 'b', 'a\n\nc'],
  ['<think>a <think>inner</think> more</think>b', 'b', 'a <think>inner</think> more'],
  ['<think>torn', '', 'torn'],
  ['<think></think>b', 'b', ''],
  ['First.\n<think>a</think>\nSecond.', 'First.\n\nSecond.', 'a'],
  [
    '<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b',
    'b',
    'a',
  ],
  ['<|channel|>analysis<|message|>torn', '', 'torn'],
  ['analysisWe should saybassistantfinalb', 'b', 'We should sayb'],
];
for (const [reply, text, thinking] of CASES)
  test(`${JSON.stringify(reply)}: the answer is ${JSON.stringify(text)}`, () => {
    assert.deepEqual(separateThinking(reply), { text, thinking });
  });

const KEPT = [
  'No thoughts at all, 1 < 2 and 3 > 2.',
  'Use the `<think>` tag, and close it with `</think>`.',
  'Put <think> before the thought.',
  '{"rationale": "it leaks <think>x</think>", "value": false}',
  '```html\n<thinking>\n</thinking>\n```',
  'analysis of the market: it grows.',
  'We think</b> so',
];
for (const reply of KEPT)
  test(`${JSON.stringify(reply)} is an answer as it stands`, () => {
    assert.deepEqual(separateThinking(reply), { text: reply, thinking: '' });
  });

test('for a verdict even a thought in mid-sentence counts for nothing, to its end or to that of the reply', () => {
  assert.equal(
    outsideOfThinking('ok <think>{"value":true}</think> {"value":false}'),
    'ok  {"value":false}',
  );
  assert.equal(outsideOfThinking('ok <think> {"value":true}'), 'ok ');
  const quoted = '{"rationale":"<think> is leaked","value":false}';
  assert.equal(outsideOfThinking(`Here: ${quoted}`), `Here: ${quoted}`);
});

test('a reply made of tags, braces or quotes is read in a moment', () => {
  const start = performance.now();
  for (const piece of ['</think>', '<think>', '{', '{"a":', '"', '`', '[THINK]\n', '<|channel|>'])
    separateThinking(piece.repeat(20_000));
  assert.ok(performance.now() - start < 3_000, `${performance.now() - start} ms`);
});
