import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerText, turnInputs } from '../../../domain/drive/inputs.ts';

const turns = [
  { message: 'one', outputs: { answer: 'first' } },
  { message: 'two', outputs: null },
  { message: 'three', outputs: { route: 'billing', sure: true } },
];

test('a message that stands alone is sent alone, beside the further inputs', () => {
  const asking = { field: 'question', before: null, more: { plan: 'basic', question: 'lost' } };
  assert.deepEqual(turnInputs({ asking, message: 'four', turns }), {
    plan: 'basic',
    question: 'four',
  });
});

const inputs = (as: 'messages' | 'turns', before = turns) =>
  turnInputs({
    asking: { field: 'message', before: { field: 'previous', as }, more: {} },
    message: 'four',
    turns: before,
  });

test('what was said before goes along as messages, or as both sides without the answers that failed', () => {
  assert.deepEqual(inputs('messages'), { previous: ['one', 'two', 'three'], message: 'four' });
  assert.deepEqual(inputs('turns')['previous'], [
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'first' },
    { role: 'user', content: 'two' },
    { role: 'user', content: 'three' },
    { role: 'assistant', content: answerText({ route: 'billing', sure: true }) },
  ]);
  assert.deepEqual(inputs('turns', []), { message: 'four' }, 'the first message has none before');
});
