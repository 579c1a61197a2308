import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Json } from '../../../contracts/json.ts';
import { readJson } from '../../../contracts/read-json.ts';
import type { ReceivedSpan } from '../../../contracts/trace.ts';
import { readOtlp } from '../../../domain/trace/otlp.ts';

/** What frameworks sent, by name and version: each answers the same question with one call of `hours` (made by the programs in scripts/spans/). */
const QUESTION = { role: 'user', content: 'When does the shop open?' };
const SYSTEM = { role: 'system', content: 'Be brief.' };

type Expected = {
  readonly inputs: Json;
  readonly outputs: Json;
  readonly session: string | RegExp;
};
const RUNS: Readonly<Record<string, Expected>> = {
  'strands-agents-1.62.0': { inputs: [QUESTION], outputs: 'At nine.\n', session: 's-1' },
  'strands-agents-1.62.0-latest': { inputs: [QUESTION], outputs: 'At nine.\n', session: 's-1' },
  'pydantic-ai-1.107.10': { inputs: [QUESTION], outputs: 'At nine.', session: /^[0-9a-f-]{36}$/ },
  'pydantic-ai-2.68.0': { inputs: [QUESTION], outputs: 'At nine.', session: /^[0-9a-f-]{36}$/ },
  'ai-5.0.277': { inputs: [SYSTEM, QUESTION], outputs: 'At nine.', session: 's-1' },
};

function sent(name: string): readonly ReceivedSpan[] {
  const file = new URL(`../../fixtures/traces/sent/${name}.json`, import.meta.url);
  const { spans, refused } = readOtlp(readJson(readFileSync(file, 'utf8')), { now: 0 });
  assert.deepEqual(refused, []);
  return spans;
}

for (const [name, { inputs, outputs, session }] of Object.entries(RUNS))
  test(`${name}: root, messages, call, result, tokens and session are read`, () => {
    const spans = sent(name);
    const root = spans.find(({ parent }) => parent === null)!;
    assert.deepEqual([root.inputs, root.outputs], [inputs, outputs]);
    if (typeof session === 'string') assert.equal(root.session, session);
    else assert.match(root.session!, session);
    const [asked, answered] = spans.filter(({ kind }) => kind === 'model');
    assert.deepEqual(asked!.inputs, [SYSTEM, QUESTION]);
    const { tool_calls: calls } = asked!.outputs as { readonly tool_calls: readonly Json[] };
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'hours', arguments: '{"shop":"x"}' },
    };
    assert.deepEqual(calls, [call]);
    assert.deepEqual((answered!.inputs as readonly Json[]).at(-1), {
      role: 'tool',
      content: '9:00',
      tool_call_id: 'call_1',
    });
    assert.equal(answered!.outputs, 'At nine.');
    assert.deepEqual(asked!.usage, { inputTokens: 5, outputTokens: 3 });
    const tool = spans.find(({ kind }) => kind === 'tool')!;
    assert.deepEqual([tool.name, tool.inputs, tool.outputs], ['hours', { shop: 'x' }, '9:00']);
  });

test('langfuse-5.0.4: agent, generation and tool are read', () => {
  const [model, tool, agent] = sent('langfuse-5.0.4');
  assert.deepEqual(
    [agent!.kind, agent!.inputs, agent!.outputs, model!.session],
    ['agent', { q: 'Open?' }, { a: 'At nine.' }, 's-1'],
  );
  assert.deepEqual([model!.kind, model!.inputs, model!.outputs], ['model', [QUESTION], 'At nine.']);
  assert.deepEqual(model!.usage, { inputTokens: 5, outputTokens: 3 });
  assert.deepEqual(
    [tool!.kind, tool!.name, tool!.inputs, tool!.outputs],
    ['tool', 'hours', { shop: 'x' }, '9:00'],
  );
});

test('google-adk-2.13.0: model, call, result, tokens and session are read; its root tells no content', () => {
  const spans = sent('google-adk-2.13.0');
  const [asked, answered] = spans.filter(({ kind }) => kind === 'model');
  assert.deepEqual((asked!.inputs as readonly Json[]).at(-1), QUESTION);
  assert.match(JSON.stringify(asked!.outputs), /"name":"hours","arguments":"{\\"shop\\":\\"x\\"}"/);
  assert.deepEqual([answered!.outputs, answered!.session], ['At nine.', 's-1']);
  assert.deepEqual(asked!.usage, { inputTokens: 5, outputTokens: 3 });
  const tool = spans.find(({ kind }) => kind === 'tool')!;
  assert.deepEqual(
    [tool.name, tool.inputs, tool.outputs],
    ['hours', { shop: 'x' }, { opens: '9:00' }],
  );
  assert.equal(spans.find(({ parent }) => parent === null)!.inputs, null);
});
