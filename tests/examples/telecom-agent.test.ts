import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentContext } from '../../contracts/agent.ts';
import type { ChatMessage, Completion } from '../../contracts/model.ts';
import { agent, conversationOf, routeIn } from '../../examples/telecom/agent.ts';

const completion = (text: string): Completion => ({
  text,
  toolCalls: [],
  finishReason: 'stop',
  usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
  price: 0,
  latencyMs: 0,
  fromLedger: false,
});

test('the agent sends the prompt `router` as system message and the message as user content', async () => {
  const sent: (readonly ChatMessage[])[] = [];
  const context: AgentContext = {
    prompt: (name) => `text of ${name}`,
    complete: async ({ messages }) => {
      sent.push(messages);
      return completion('Roaming.');
    },
    span: (_, body) => body(),
    tool: async (_, given, run) => run(given),
    signal: new AbortController().signal,
  };
  assert.deepEqual(await agent({ message: 'in Spain' }, context), { route: 'roaming' });
  assert.deepEqual(sent, [
    [
      { role: 'system', content: 'text of router' },
      { role: 'user', content: 'in Spain' },
    ],
  ]);
});

test('earlier messages stand before the one to route, and an empty one is named', () => {
  assert.equal(
    conversationOf({ message: 'and now?', previous: ['no signal', 'still none'] }),
    'Before:\n> no signal\n> still none\n\nNow:\nand now?',
  );
  assert.equal(conversationOf({ message: '  ' }), '(an empty message)');
});

test('the first route named in a reply counts, and a reply without one goes to a person', () => {
  assert.equal(routeIn('**Billing**, not plans'), 'billing');
  assert.equal(routeIn('accounting'), 'human');
  assert.equal(routeIn(''), 'human');
});
