import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAgentHost } from '../../agents/host.ts';
import { inlineAgent } from '../../agents/load.ts';
import type { AgentResult } from '../../agents/result.ts';
import { endsTheRun, isInfrastructure, isInterruption } from '../../activities/model-faults.ts';
import { modelAt } from '../llm/model-under-test.ts';
import {
  type Impolite,
  impoliteServer,
  refuses,
  type Reply,
  says,
} from '../llm/openai/impolite.ts';

const cut = { choice: { finish_reason: 'length' } };
const REPLIES: Readonly<Record<string, () => Reply>> = {
  whole: () => says('At nine.'),
  cut: () => says('The shop opens at', cut),
  filter: () => says('', { choice: { finish_reason: 'content_filter' } }),
  'half filtered': () => says('The shop op', { choice: { finish_reason: 'content_filter' } }),
  'thoughts cut': () => says(null, { ...cut, message: { reasoning_content: 'long thoughts' } }),
  'thoughts alone': () => says('', { message: { reasoning: 'long thoughts' } }),
  'null alone': () => says(null),
  'empty on purpose': () => says(''),
  choiceerr: () =>
    says('The shop op', {
      choice: { finish_reason: 'error', error: { code: 502, message: 'stream closed' } },
    }),
  moderated: () => refuses(403, 'Your input was flagged by moderation'),
  refuse: () => says(null, { message: { refusal: 'I cannot help.' } }),
  think: () => says('<think>private thoughts</think>\nAt nine.'),
  chunks: () =>
    says([
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'At nine.' },
    ]),
  'a tag in mid-sentence': () => says('Put it between <think> and </answer>.'),
  'a tag in code': () => says('Write it so:\n```\n<think>plan</think>\n```\nThat is all.'),
};

const agent = inlineAgent({ name: 'shop', prompt: 'p', timeout: '5s' });

let server: Impolite;
before(async () => {
  server = await impoliteServer(REPLIES);
});
after(() => server.close());

async function outcome(model: string): Promise<AgentResult> {
  const at = modelAt(server.endpoint);
  const host = createAgentHost(
    {
      complete: (request, context) => at.complete(request, context),
      now: Date.now,
      infrastructure: isInfrastructure,
      fatal: endsTheRun,
      interrupted: isInterruption,
    },
    { env: {}, hangMs: 700 },
  );
  const result = await host.run({
    agent,
    inputs: { message: 'When?' },
    prompts: { p: 'Answer.' },
    traceId: 't',
    model,
    context: (n) => ({ purpose: 'agent', draw: `${model}/${n}`, project: 'p', cycle: null }),
  });
  host.close();
  return result;
}

for (const [model, outputs] of Object.entries({
  whole: { output: 'At nine.' },
  cut: { output: 'The shop opens at', cut: true },
  'empty on purpose': { output: '' },
  refuse: { output: 'I cannot help.' },
  think: { output: 'At nine.' },
  chunks: { output: 'At nine.' },
  'a tag in mid-sentence': { output: 'Put it between <think> and </answer>.' },
  'a tag in code': { output: 'Write it so:\n```\n<think>plan</think>\n```\nThat is all.' },
}))
  test(`${model}: the output is ${JSON.stringify(outputs)}`, async () => {
    const result = await outcome(model);
    assert.deepEqual(result.outputs, outputs);
    assert.equal(result.status, 'ok');
  });

for (const [model, status, kind, wanted] of [
  ['filter', 'failed', 'agent-error', /filter withheld/],
  ['half filtered', 'failed', 'agent-error', /filter withheld/],
  ['thoughts cut', 'failed', 'agent-error', /cut before an answer began.*only thoughts/],
  ['thoughts alone', 'failed', 'agent-error', /without an answer.*only thoughts/],
  ['null alone', 'failed', 'agent-error', /without an answer/],
  ['choiceerr', 'missing', 'infrastructure', /stream closed/],
  ['moderated', 'missing', 'moderation', /flagged/],
] as const)
  test(`${model}: there is no output, and the rollout is ${status}`, async () => {
    const result = await outcome(model);
    assert.equal(result.outputs, null);
    assert.equal(result.status, status);
    assert.equal(result.error?.kind, kind);
    assert.match(result.error?.message ?? '', wanted);
  });

test('what the model thought and how it ended are in its span, apart from what it said', async () => {
  const { trace } = await outcome('think');
  const span = trace.spans.find(({ kind }) => kind === 'model');
  assert.equal(span?.outputs, 'At nine.');
  assert.equal(span?.attributes['attune.thinking'], 'private thoughts');
  const torn = (await outcome('cut')).trace.spans.find(({ kind }) => kind === 'model');
  assert.deepEqual(torn?.attributes['gen_ai.response.finish_reasons'], ['length']);
});
