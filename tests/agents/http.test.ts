import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { agentDeclaration } from '../../agents/declare.ts';
import { createAgentHost } from '../../agents/host.ts';
import type { AgentCall } from '../../agents/result.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
let url = '';

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    seen.push({ headers: request.headers, body });
    if (request.url === '/slow') return;
    if (request.url === '/refuses') response.statusCode = 503;
    response.end(request.url === '/text' ? 'no JSON' : JSON.stringify({ route: 'billing' }));
  });
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const host = createAgentHost(
  {
    complete: () => assert.fail('an http agent makes no model call through us'),
    now: Date.now,
    infrastructure: () => false,
    fatal: () => false,
    interrupted: () => false,
  },
  { env: {}, hangMs: 700 },
);

const callTo = (path: string): AgentCall => ({
  agent: {
    record: {
      name: 'service',
      kind: 'http',
      fingerprint: 'f',
      prompts: ['router'],
      deterministic: false,
      // Short only where it is to pass: a busy machine may be late with any answer.
      timeoutMs: path === '/slow' ? 300 : 20_000,
    },
    declaration: agentDeclaration.parse({
      kind: 'http',
      url: path.startsWith('http') ? path : url + path,
      headers: { authorization: 'Bearer x' },
    }),
    file: null,
  },
  inputs: { message: 'My bill is wrong' },
  prompts: { router: 'Route it.' },
  traceId: TRACE,
  model: 'm',
  context: () => assert.fail('unused'),
});

test('an http agent gets inputs, prompts, its headers and the trace of the rollout, and answers with outputs', async () => {
  const { status, outputs, trace } = await host.run(callTo('/'));
  assert.equal(status, 'ok');
  assert.deepEqual(outputs, { route: 'billing' });
  const { headers, body } = seen.at(-1)!;
  assert.deepEqual(JSON.parse(body), {
    inputs: { message: 'My bill is wrong' },
    prompts: { router: 'Route it.' },
  });
  const root = trace.spans[0]!;
  assert.equal(
    headers['traceparent'],
    `00-${TRACE}-${root.id}-01`,
    'what it exports is below the root',
  );
  assert.equal(headers.authorization, 'Bearer x');
  assert.equal(trace.id, TRACE);
});

test('a service that refuses, is late or answers no JSON object has failed; one that cannot be reached is missing', async () => {
  for (const path of ['/refuses', '/slow', '/text'])
    assert.equal((await host.run(callTo(path))).status, 'failed', path);
  assert.equal((await host.run(callTo('http://127.0.0.1:1/'))).status, 'missing');
});
