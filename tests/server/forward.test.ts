import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createForwarder,
  type Forwarder,
  type ForwardFigures as Figures,
} from '../../server/otlp/forward.ts';
import { reserveTraces } from '../../db/traces/traces.ts';
import { readOtlp } from '../../domain/trace/otlp.ts';
import { decodeRequest, encodeRequest } from '../../server/otlp/protobuf.ts';
import { openDatabase } from '../db/database.ts';
import { PROJECT, startCycle, startRun } from '../db/fixture.ts';
import { failServer, send, startServer } from './http.ts';
import { post, request, span, TRACE } from './otlp.ts';

type Taken = { readonly headers: IncomingMessage['headers']; readonly body: Buffer };
type Sink = { readonly url: string; readonly taken: Taken[] };

const toEnd: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).toReversed()) await end();
});

/** Another OTLP endpoint; `answer` gives the status of the n-th request. */
async function startSink(answer: (n: number) => number = () => 200): Promise<Sink> {
  const taken: Taken[] = [];
  let count = 0;
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const status = answer((count += 1));
      if (status === 200) taken.push({ headers: incoming.headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  toEnd.push(
    () => server.closeAllConnections(),
    () => void server.close(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, taken };
}

const parcel = (text: string) => ({
  body: Buffer.from(text),
  contentType: 'application/json',
  contentEncoding: null,
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await done())) {
    assert.ok(performance.now() < end, 'in 30 s');
    await sleep(20);
  }
}

const lines: object[] = [];
const forwarderTo = (url: string, changes: object = {}): Forwarder => {
  lines.length = 0;
  const log = (line: object): void => void lines.push(line);
  return createForwarder({ url, headers: {}, log, firstWaitMs: 5, ...changes });
};

test('what is received is sent on as it came, in order, with the headers of the environment, and marked', async () => {
  const sink = await startSink();
  const { url } = await openDatabase();
  const server = await startServer({
    DATABASE_URL: url,
    ATTUNE_FORWARD_OTLP_URL: sink.url,
    ATTUNE_FORWARD_OTLP_HEADERS: 'x-key=se%20cret, X-Team=billing',
  });
  toEnd.push(() => server.stop());
  await post(server, request(span('1')), { gzip: true });
  await post(server, request(span('2')));
  await post(server, 'no JSON');
  await post(server, request(span('3')), { headers: { 'x-attune-forwarded': '1' } });
  await until(() => sink.taken.length === 2);
  const [first, second] = sink.taken;
  assert.deepEqual(
    [first?.headers['content-encoding'], first?.headers['x-key'], first?.headers['x-team']],
    ['gzip', 'se cret', 'billing'],
  );
  assert.equal(first?.headers.authorization, undefined);
  assert.equal(second?.body.toString(), JSON.stringify(request(span('2'))));
  assert.equal(second?.headers['x-attune-forwarded'], '1');
  // The server counts a request as sent when its answer is there, a moment after the sink took it.
  const health = async () => (await send(`${server.url}/healthz`)).body as { forwarding: Figures };
  await until(async () => (await health()).forwarding.waiting === 0);
  assert.deepEqual(await health(), {
    ok: true,
    database: true,
    forwarding: { waiting: 0, sent: 2, dropped: 0 },
  });
});

test('spans of a gate are not sent on, in either encoding, and those beside them are', async () => {
  const sink = await startSink();
  const { db, url } = await openDatabase();
  const gate = await startRun(db, await startCycle(db), 'gate');
  const sealed = ['c', 'd'].map((letter) => letter.repeat(32));
  await reserveTraces(db, { project: PROJECT, run: gate.name, ids: sealed });
  const server = await startServer({ DATABASE_URL: url, ATTUNE_FORWARD_OTLP_URL: sink.url });
  toEnd.push(() => server.stop());
  const secret = { name: 'secret', status: { code: 1 } };
  const both = request(
    span('1', { traceId: 'C'.repeat(32), ...secret }),
    span('2', { name: 'open' }),
    span('3', { traceId: sealed[1], ...secret }),
  );
  await post(server, both, { gzip: true });
  await post(server, encodeRequest(both), { type: 'application/x-protobuf' });
  await until(() => sink.taken.length === 2);
  for (const { body, headers } of sink.taken) {
    assert.equal(headers['content-encoding'], undefined);
    assert.doesNotMatch(body.toString('latin1'), /secret/);
    const payload =
      headers['content-type'] === 'application/json'
        ? (JSON.parse(body.toString()) as object)
        : decodeRequest(body);
    const { spans } = readOtlp(payload, { now: 0 });
    assert.deepEqual(
      spans.map(({ name, trace }) => [name, trace]),
      [['open', TRACE]],
    );
  }
});

test('a forwarding endpoint that hangs holds no request up, and the end of the server not long', async () => {
  const hanging = createServer(() => undefined);
  await once(hanging.listen(0, '127.0.0.1'), 'listening');
  toEnd.push(
    () => hanging.closeAllConnections(),
    () => void hanging.close(),
  );
  const { url } = await openDatabase();
  const port = (hanging.address() as AddressInfo).port;
  const forward = `http://127.0.0.1:${port}/v1/traces`;
  const server = await startServer({ DATABASE_URL: url, ATTUNE_FORWARD_OTLP_URL: forward });
  for (const id of ['1', '2', '3'])
    assert.equal((await post(server, request(span(id)))).status, 200);
  const { body } = await send(`${server.url}/healthz`);
  assert.deepEqual((body as { forwarding: object }).forwarding, {
    waiting: 3,
    sent: 0,
    dropped: 0,
  });
  const before = performance.now();
  assert.equal(await server.stop(), 0);
  assert.ok(performance.now() - before < 10_000);
});

test('429 and 5xx are tried again until they are taken; another refusal is given up at once and told', async () => {
  const busy = await startSink((n) => (n <= 3 ? [429, 503, 502][n - 1]! : 200));
  const patient = forwarderTo(busy.url);
  assert.ok(patient.offer(parcel('one')));
  await until(() => busy.taken.length === 1);
  await until(() => patient.figures().sent === 1);
  const closed = await startSink(() => 403);
  const refused = forwarderTo(closed.url, { headers: { authorization: 'secret' } });
  refused.offer(parcel('one'));
  await until(() => refused.figures().dropped === 1);
  assert.match(JSON.stringify(lines), /answered 403/);
  assert.doesNotMatch(JSON.stringify(lines), /secret/);
});

test('the queue is bounded: what does not fit is dropped and counted, what waits is sent', async () => {
  const slow = await startSink();
  const forwarder = forwarderTo(slow.url, { mostBytes: 10 });
  assert.deepEqual(
    ['12345', '12345', '1'].map((text) => forwarder.offer(parcel(text))),
    [true, true, false],
  );
  await until(() => forwarder.figures().sent === 2);
  assert.deepEqual(forwarder.figures(), { waiting: 0, sent: 2, dropped: 1 });
  assert.ok(forwarder.offer(parcel('1')));
  await forwarder.close(5_000);
  assert.equal(slow.taken.length, 3);
});

test('an endpoint that nobody answers at is given up after some attempts', async () => {
  const { url } = await startSink();
  const nobody = forwarderTo(url.replace(/:\d+/, ':1'));
  nobody.offer(parcel('one'));
  await until(() => nobody.figures().dropped === 1);
  assert.match(JSON.stringify(lines), /127\.0\.0\.1:1/);
});

test('an address with a password, or headers that are none, end the server without a secret in the error', async () => {
  const { code, err } = await failServer({
    DATABASE_URL: 'postgres://x',
    ATTUNE_FORWARD_OTLP_URL: 'https://me:hunter2@example.test/v1/traces',
    ATTUNE_FORWARD_OTLP_HEADERS: 'hunter3',
  });
  assert.equal(code, 1);
  assert.match(err, /ATTUNE_FORWARD_OTLP_URL holds a user or a password/);
  assert.match(err, /ATTUNE_FORWARD_OTLP_HEADERS is not written as/);
  assert.doesNotMatch(err, /hunter/);
});
