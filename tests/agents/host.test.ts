import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createAgentHost } from '../../agents/host.ts';
import type { LoadedAgent } from '../../agents/load.ts';
import type { AgentCall, Complete } from '../../agents/result.ts';
import type { JsonObject } from '../../contracts/json.ts';

const FILE = fileURLToPath(new URL('fixtures/agents.ts', import.meta.url));

class Down extends Error {
  readonly infrastructure = true;
}
class Spent extends Error {
  readonly fatal = true;
}

const draws: string[] = [];
const answer: Complete = async (request, context) => {
  draws.push(context.draw);
  const asked = request.messages[1]?.content ?? '';
  if (asked === 'down') throw new Down('the model is down');
  if (asked === 'spent') throw new Spent('the budget is spent');
  const text = `${request.model}: ${request.messages[0]?.content} / ${asked}`;
  const usage = { inputTokens: 3, cachedTokens: 0, outputTokens: 2 };
  const rest = { toolCalls: [], finishReason: 'stop', price: 0.5, fromLedger: false };
  return { text, usage, latencyMs: 250, ...rest };
};

const host = createAgentHost(
  {
    complete: answer,
    now: Date.now,
    infrastructure: (error) => error instanceof Down,
    fatal: (error) => error instanceof Spent,
    interrupted: () => false,
  },
  { env: { PATH: process.env['PATH'] }, hangMs: 700 },
);
after(() => host.close());

const agentNamed = (exported: string): LoadedAgent => ({
  record: {
    name: exported,
    kind: 'module',
    fingerprint: 'f',
    prompts: ['router'],
    deterministic: false,
    timeoutMs: 500,
  },
  declaration: {
    kind: 'module',
    path: FILE,
    export: exported,
    prompts: ['router'],
    deterministic: false,
    timeout: '500ms',
  },
  file: FILE,
});

const call = (exported: string, inputs: JsonObject): AgentCall => ({
  agent: agentNamed(exported),
  inputs,
  prompts: { router: 'Route it.' },
  traceId: 't1',
  model: 'agent-model',
  context: (n) => ({ purpose: 'agent', draw: `run/arm/example/0/${n}`, project: 'p', cycle: null }),
});

test('a module agent answers through the model client of the host, with its prompt, and leaves a trace', async () => {
  const result = await host.run(call('echo', { message: 'hello' }));
  assert.equal(result.status, 'ok');
  assert.deepEqual(result.outputs, { answer: 'agent-model: Route it. / hello' });
  assert.equal(result.price, 0.5);
  assert.ok(
    result.latencyMs >= 250,
    `the original call alone took 250 ms, not ${result.latencyMs}`,
  );
  const [root, span, model] = result.trace.spans;
  assert.deepEqual([root?.kind, span?.name, model?.kind], ['agent', 'ask', 'model']);
  assert.equal(model?.parent, span?.id);
  assert.equal(span?.parent, root?.id);
});

test('tools, spans and model calls lie within each other in the trace, also where they overlap, and a tool that throws is an error span', async () => {
  const { trace } = await host.run(call('tooled', { message: 'ada' }));
  const [root, lookup] = trace.spans;
  assert.deepEqual(
    [lookup?.kind, lookup?.inputs, lookup?.outputs],
    ['tool', { customer: 'ada' }, { plan: 'plan of ada' }],
  );
  assert.equal(lookup?.parent, root?.id);
  for (const name of ['first', 'second']) {
    const span = trace.spans.find((found) => found.name === name)!;
    const below = trace.spans.filter((found) => found.parent === span.id);
    assert.deepEqual(
      below.map(({ kind, inputs }) => [kind, inputs]),
      [['model', [{ role: 'user', content: `${name} plan of ada` }]]],
    );
  }
  assert.equal(new Set(trace.spans.map(({ id }) => id)).size, trace.spans.length);
  assert.ok(trace.spans.every(({ id }) => /^[0-9a-f]{16}$/.test(id)));
  const failed = await host.run(call('tooled', { message: 'nobody' }));
  const thrown = failed.trace.spans.find(({ kind }) => kind === 'tool')!;
  assert.deepEqual(
    [failed.status, thrown.status, thrown.message],
    ['failed', 'ERROR', 'no such customer'],
  );
});

test('equal model calls of one rollout are different draws, and rollouts do not mix', async () => {
  draws.length = 0;
  const results = await Promise.all(
    ['a', 'b', 'c'].map((message) => host.run(call('echo', { message }))),
  );
  assert.deepEqual(
    results.map((result) => result.outputs?.['answer']),
    ['a', 'b', 'c'].map((message) => `agent-model: Route it. / ${message}`),
  );
  assert.deepEqual(draws, Array(3).fill('run/arm/example/0/0'));
});

test("the time a module takes to load is not its agent's", async () => {
  const named = agentNamed('agent');
  const file = fileURLToPath(new URL('fixtures/slow-start.ts', import.meta.url));
  const slow = { ...call('agent', {}), agent: { ...named, file } };
  const { status, latencyMs, trace, error } = await host.run(slow);
  assert.equal(status, 'ok', error?.message);
  const [root] = trace.spans;
  assert.ok(latencyMs < 500 && root!.end - root!.start < 500, `${latencyMs} ms`);
});

test('an agent that throws, or answers with no object, has failed by itself', async () => {
  const thrown = await host.run(call('unruly', { do: 'throw' }));
  assert.equal(thrown.status, 'failed');
  assert.deepEqual(thrown.error, { kind: 'agent-error', message: 'RangeError: no such customer' });
  const text = await host.run(call('unruly', { do: 'text' }));
  assert.equal(text.status, 'failed');
  assert.match(text.error?.message ?? '', /must return an object/);
});

test('what an agent sends on its channel that is no message of ours changes nothing', async () => {
  const { status, outputs, error } = await host.run(call('unruly', { do: 'forge' }));
  assert.equal(status, 'ok', error?.message);
  assert.deepEqual(outputs, { done: true });
});

test('an agent that never answers fails at its timeout while others go on', async () => {
  const [hung, fine] = await Promise.all([
    host.run(call('unruly', { do: 'hang' })),
    host.run(call('unruly', {})),
  ]);
  assert.deepEqual([hung.status, hung.error?.kind], ['failed', 'agent-timeout']);
  assert.equal(fine.status, 'ok');
});

test('a busy loop or an exit fails the example that caused it and no other', async () => {
  for (const act of ['loop', 'exit']) {
    const [cause, bystander] = await Promise.all([
      host.run(call('unruly', { do: act })),
      host.run(call('echo', { message: 'bystander' })),
    ]);
    assert.deepEqual([cause.status, cause.error?.kind], ['failed', 'agent-died'], act);
    assert.equal(bystander.status, 'ok', `${act}: ${bystander.error?.message}`);
  }
});

test('a throw after a failure of ours is missing, not failed', async () => {
  const result = await host.run(call('echo', { message: 'down' }));
  assert.deepEqual([result.status, result.error?.kind], ['missing', 'infrastructure']);
});

test('a failure that ends the run is thrown to the batch', async () => {
  await assert.rejects(host.run(call('echo', { message: 'spent' })), Spent);
});

test('user code sees none of our secrets in its environment', async () => {
  const result = await host.run(call('unruly', { do: 'secret' }));
  assert.deepEqual(result.outputs, { seen: 'nothing' });
});

test('a run whose process ends with its worker has no result: it is not the agent that failed', async () => {
  const own = createAgentHost(
    {
      complete: answer,
      now: Date.now,
      infrastructure: () => false,
      fatal: () => false,
      interrupted: () => false,
    },
    { env: { PATH: process.env['PATH'] }, hangMs: 700 },
  );
  await own.run(call('echo', { message: 'up' }));
  const running = own.run(call('unruly', { do: 'hang' }));
  const ended = assert.rejects(running, { name: 'HostClosed', retryable: true });
  await new Promise((resolve) => setTimeout(resolve, 50));
  own.close();
  await ended;
});

test('what an agent makes of a call that was cancelled is no result, though it returns', async () => {
  const cancelled = new Error('cancelled');
  const own = createAgentHost(
    {
      complete: () => Promise.reject(cancelled),
      now: Date.now,
      infrastructure: () => true,
      fatal: () => false,
      interrupted: (error) => error === cancelled,
    },
    { env: { PATH: process.env['PATH'] }, hangMs: 700 },
  );
  try {
    await assert.rejects(own.run(call('forgiving', { message: 'x' })), cancelled);
  } finally {
    own.close();
  }
});
