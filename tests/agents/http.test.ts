import assert from 'node:assert/strict';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import { agentDeclaration } from '../../agents/declare.ts';
import { hashText } from '../../contracts/hash.ts';
import { createAgentHost } from '../../agents/host.ts';
import type { AgentCall } from '../../agents/result.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
let base = '';

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    seen.push({ headers: request.headers, body });
    if (request.url === '/slow') return;
    response.end(JSON.stringify({ route: 'billing' }));
  });
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
      concurrency: 16,
    },
    declaration: agentDeclaration.parse({
      kind: 'http',
      url: path.startsWith('http') ? path : base + path,
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

const answering = async (
  t: TestContext,
  answer: (nth: number, request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly asked: () => number }> => {
  let asked = 0;
  const service = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer((asked += 1), request, response));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    service.closeAllConnections();
    service.close();
  });
  const { port } = service.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked: () => asked };
};

test('a service that answers what cannot be used has failed, each with its exact reason', async (t) => {
  const cases: readonly [answer: (response: ServerResponse) => void, reason: RegExp][] = [
    [(r) => r.end('no JSON'), /is no JSON object .*no JSON/s],
    [(r) => r.end(''), /is empty/],
    [(r) => r.end('[1]'), /is a list/],
    [(r) => r.end('null'), /is null/],
    [(r) => r.end('"text"'), /is a string/],
    [(r) => r.end('{"score": NaN}'), /is no JSON object/],
    [(r) => r.end(Buffer.from([0x7b, 0xff, 0xfe])), /is not UTF-8/],
    [(r) => r.writeHead(500).end('Traceback: KeyError'), /answered 500: Traceback: KeyError/],
    [(r) => r.writeHead(422).end(), /answered 422: \(nothing\)/],
  ];
  for (const [answer, reason] of cases) {
    const { url, asked } = await answering(t, (_, __, response) => answer(response));
    const { status, error } = await host.run(callTo(url));
    assert.deepEqual([status, error?.kind, asked()], ['failed', 'agent-error', 1]);
    assert.match(error!.message, reason);
  }
});

test('an answer that is larger than can be meant is not read to its end', async (t) => {
  const { url } = await answering(t, (_, __, response) => {
    response.on('error', () => undefined);
    response.end(`{"x": "${'a'.repeat(40 * 1024 * 1024)}"}`);
  });
  assert.match((await host.run(callTo(url))).error!.message, /more than 32 MB/);
});

test('a service that is late has failed by its time, and is not asked again', async () => {
  const sofar = seen.length;
  const { status, error } = await host.run(callTo('/slow'));
  assert.deepEqual([status, error?.kind, seen.length - sofar], ['failed', 'agent-timeout', 1]);
});

test('a connection that is reset, an answer that breaks off and a service that is busy cost no row: each is asked again', async (t) => {
  const { url, asked } = await answering(t, (nth, request, response) => {
    if (nth === 1) request.socket.resetAndDestroy();
    else if (nth === 2) {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"route":', () => request.socket.destroy());
    } else if (nth === 3) response.writeHead(503, { 'retry-after': '0' }).end();
    else if (nth === 4) response.writeHead(429, { 'retry-after': '0.01' }).end();
    else response.end('{"route": "billing"}');
  });
  const { status, outputs } = await host.run(callTo(url));
  assert.deepEqual([status, outputs, asked()], ['ok', { route: 'billing' }, 5]);
});

test('a service that stays away or busy makes a missing row, with its address and what it said', async (t) => {
  const away = await host.run(callTo('http://127.0.0.1:1/?key=secret'));
  assert.deepEqual([away.status, away.error?.kind], ['missing', 'infrastructure']);
  assert.match(away.error!.message, /http:\/\/127\.0\.0\.1:1\/ cannot be reached: .*start it/);
  assert.doesNotMatch(away.error!.message, /secret/);
  const { url, asked } = await answering(t, (_, __, response) =>
    response.writeHead(503, { 'retry-after': '0' }).end('warming up'),
  );
  const busy = await host.run(callTo(url));
  assert.deepEqual([busy.status, asked()], ['missing', 5]);
  assert.match(busy.error!.message, /answered 503: warming up/);
});

test('a redirect to another server is not followed: neither headers nor inputs nor prompts go there', async (t) => {
  const other = await answering(t, (_, __, response) => response.end('{}'));
  for (const status of [301, 302, 303, 307, 308]) {
    const { url } = await answering(t, (_, __, response) =>
      response.writeHead(status, { location: `${other.url}take?key=secret` }).end(),
    );
    const { status: outcome, error } = await host.run(callTo(url));
    assert.equal(outcome, 'failed');
    assert.match(error!.message, /points to http:\/\/127\.0\.0\.1:\d+\/take; .*set `url`/);
  }
  assert.equal(other.asked(), 0);
});

test('a redirect of the same server that keeps the POST is followed, as frameworks send for a missing slash', async (t) => {
  const { url } = await answering(t, (_, request, response) =>
    request.url === '/run/' && request.method === 'POST'
      ? response.end('{"route": "billing"}')
      : response.writeHead(307, { location: '/run/' }).end(),
  );
  assert.equal((await host.run(callTo(`${url}run`))).status, 'ok');
});

test('a service says which prompts it used, in the body or in a header', async (t) => {
  const hash = hashText('Route it.');
  const body = await answering(t, (_, __, response) =>
    response.end(JSON.stringify({ outputs: { route: 'x' }, prompts_used: { router: hash } })),
  );
  const inBody = await host.run(callTo(body.url));
  assert.deepEqual([inBody.outputs, inBody.promptsUsed], [{ route: 'x' }, { router: hash }]);
  const header = await answering(t, (_, __, response) =>
    response
      .writeHead(200, { 'attune-prompts-used': `router=sha256:${hash.toUpperCase()}` })
      .end('{"route": "x"}'),
  );
  const inHeader = await host.run(callTo(header.url));
  assert.deepEqual([inHeader.outputs, inHeader.promptsUsed], [{ route: 'x' }, { router: hash }]);
});

test('no more requests are under way at a service than it is declared to take', async (t) => {
  let [under, most] = [0, 0];
  const { url } = await answering(t, (_, __, response) => {
    most = Math.max(most, (under += 1));
    setTimeout(() => {
      under -= 1;
      response.end('{}');
    }, 20);
  });
  const { agent, ...call } = callTo(url);
  const two = { ...agent, record: { ...agent.record, name: 'two', concurrency: 2 } };
  await Promise.all(Array.from({ length: 12 }, () => host.run({ ...call, agent: two })));
  assert.equal(most, 2);
});

test('a run whose batch has ended waits for no service', async (t) => {
  const { url } = await answering(t, () => undefined);
  const ended = new AbortController();
  const run = host.run({ ...callTo(url), signal: ended.signal });
  setTimeout(() => ended.abort(new Error('the batch has ended')), 50);
  await assert.rejects(run, /the batch has ended/);
});
