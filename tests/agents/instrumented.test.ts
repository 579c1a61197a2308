import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { agentDeclaration } from '../../agents/declare.ts';
import { type AgentHost, createAgentHost } from '../../agents/host.ts';
import type { AgentCall } from '../../agents/result.ts';
import { rootSpanId } from '../../agents/span-id.ts';
import { hashText } from '../../contracts/hash.ts';
import { createPracticeServer } from '../../practice/server.ts';
import { type Exported, spansOf } from './otlp.ts';

const CLONE = fileURLToPath(new URL('../..', import.meta.url));
const FILE = fileURLToPath(new URL('fixtures/instrumented.ts', import.meta.url));
const LIBRARIES = ['openai', 'langchain', 'ai-sdk'] as const;
const PROMPT = 'Answer with one route.\n\n- billing: bill\n- roaming: roaming\n';

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const practice = createPracticeServer();
const received: Exported[] = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    received.push(...spansOf(JSON.parse(body)));
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
});
let env: NodeJS.ProcessEnv;
let host: AgentHost;
let otlp: string;

before(async () => {
  env = { PATH: process.env['PATH'], OPENAI_BASE_URL: `${await listen(practice)}/v1` };
  otlp = await listen(receiver);
  host = createAgentHost(
    {
      complete: () => assert.fail('these agents call the model by themselves'),
      now: Date.now,
      infrastructure: () => false,
      fatal: () => false,
      interrupted: () => false,
    },
    { env, hangMs: 10_000 },
  );
});
after(() => {
  host.close();
  for (const server of [practice, receiver]) {
    server.closeAllConnections();
    server.close();
  }
});

const declaration = agentDeclaration.parse({ kind: 'module', path: FILE, prompts: ['router'] });

const callOf = (n: number): AgentCall => ({
  agent: {
    record: {
      name: 'instrumented',
      kind: 'module',
      fingerprint: 'f',
      prompts: ['router'],
      deterministic: false,
      timeoutMs: 20_000,
    },
    declaration,
    file: FILE,
  },
  // The later a run starts its call, the earlier its turn came: the runs overlap as much as they can.
  inputs: { library: LIBRARIES[n % 3]!, message: `bill number ${n}`, wait: (50 - n) % 7 },
  prompts: { router: PROMPT },
  traceId: hashText(`rollout ${n}`).slice(0, 32),
  model: 'unused',
  context: () => assert.fail('unused'),
});

test('50 runs at once in one process: every span of openai, LangChain.js and the AI SDK is in the trace of its own run', async () => {
  const calls = Array.from({ length: 50 }, (_, n) => callOf(n));
  const results = await Promise.all(calls.map((call) => host.run(call)));
  for (const [n, result] of results.entries()) {
    const { traceId, inputs } = calls[n]!;
    assert.equal(result.status, 'ok', result.error?.message);
    const spans = spansOf(result.exported);
    assert.deepEqual([...new Set(spans.map((span) => span.traceId))], [traceId]);
    const asked = spans.filter((span) => modelCall(span));
    assert.equal(asked.length, 1, `${inputs['library'] as string}: one model span a call`);
    assert.match(JSON.stringify(asked[0]!.attributes), new RegExp(`bill number ${n}\\b(?!\\d)`));
    const around = result.trace.spans.find(({ name }) => name === 'around')!;
    assert.equal(around.parent, rootSpanId(traceId));
    const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]));
    for (const { spanId } of spans) {
      let at: string | undefined = spanId;
      while (at !== undefined && at !== around.id) at = parents.get(at);
      assert.equal(at, around.id, 'what a library does lies below the span it was called in');
    }
  }
});

const modelCall = ({ attributes, name }: Exported): boolean =>
  attributes['openinference.span.kind'] === 'LLM' || name.startsWith('chat ');

for (const library of LIBRARIES)
  test(`examples/instrumented/${library}.ts runs alone and sends its spans over OTLP`, async () => {
    received.length = 0;
    const file = `examples/instrumented/${library}.ts`;
    const ran = await runAlone(file, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: otlp });
    assert.deepEqual([ran.code, ran.err], [0, '']);
    assert.match(ran.out, /route: 'billing'/);
    assert.equal(received.filter(modelCall).length, 1);
    assert.equal(new Set(received.map(({ traceId }) => traceId)).size, 1);
  });

test('spans that cannot be sent, or have nowhere to go, are said on stderr and fail nothing', async () => {
  const file = 'examples/instrumented/openai.ts';
  const lost = await runAlone(file, {
    ...env,
    ATTUNE_SERVER: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  });
  assert.equal(lost.code, 0);
  assert.match(lost.err, /attune\/trace: spans could not be sent/);
  const nowhere = await runAlone(file, env);
  assert.equal(nowhere.code, 0);
  assert.match(nowhere.err, /no spans are recorded: set OTEL_EXPORTER_OTLP_ENDPOINT/);
});

async function runAlone(file: string, variables: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [file, 'a bill of March'], {
    cwd: CLONE,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, out, err };
}
