import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, beforeEach, test } from 'node:test';
import type { StoredTrace } from '../../contracts/trace.ts';
import { getTrace } from '../../db/traces/traces.ts';
import { searchTraces } from '../../db/traces/search.ts';
import { encodeRequest } from '../../server/otlp/protobuf.ts';
import { messageType } from '../../server/otlp/schema.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type RunningServer, send, startServer } from './http.ts';
import { attribute, post, type Posted, request, span, TRACE } from './otlp.ts';

const PROTOBUF = 'application/x-protobuf';

let database: OpenDatabase;
let server: RunningServer;
let fresh = 0;
before(async () => {
  database = await openDatabase();
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

// Each test has trace ids of its own, so that they share one server and one database.
let trace = TRACE;
beforeEach(() => {
  trace = (fresh += 1).toString(16).padStart(32, 'a');
});

const own = (id: string, changes: object = {}) => span(id, { traceId: trace, ...changes });
const show = (id = trace): Promise<StoredTrace> => getTrace(database.db, { project: PROJECT, id });
const partial = (posted: Posted) => {
  assert.equal(posted.status, 200, posted.bytes.toString());
  const { partialSuccess } = posted.json() as {
    partialSuccess?: { rejectedSpans: string; errorMessage: string };
  };
  return partialSuccess;
};
const fault = (posted: Posted) => {
  const { message } = posted.json() as { message: string };
  return { status: posted.status, message };
};

test('JSON, with and without gzip, is stored when the answer comes', async () => {
  assert.equal(partial(await post(server, request(own('1')))), undefined);
  assert.equal(partial(await post(server, request(own('2')), { gzip: true })), undefined);
  const { spans, latencyMs } = await show();
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['span 1', 'span 2'],
  );
  assert.equal(latencyMs, 250);
  assert.equal(spans[0]?.origin?.resource['service.name'], 'test');
});

test('protobuf makes the same trace as the same JSON, and is answered in protobuf', async () => {
  const attributes = [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.tool.name', 'lookup'),
    { key: 'whole', value: { intValue: '9007199254740993' } },
    { key: 'small', value: { intValue: '-3' } },
    { key: 'part', value: { doubleValue: 0.5 } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'bytes', value: { bytesValue: 'AAEC' } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: '' }, {}] } } },
    { key: 'map', value: { kvlistValue: { values: [attribute('a', 'b')] } } },
  ];
  const whole = (traceId: string) =>
    span('1', {
      traceId,
      parentSpanId: '2'.repeat(16),
      attributes,
      status: { code: 2, message: 'broken' },
      events: [
        { name: 'e', timeUnixNano: '1700000000000000001', attributes: [attribute('k', 'v')] },
      ],
      links: [{ traceId: TRACE, spanId: '3'.repeat(16) }],
    });
  const other = trace.replace('a', 'b');
  assert.equal(partial(await post(server, request(whole(trace)))), undefined);
  const posted = await post(server, encodeRequest(request(whole(other))), { type: PROTOBUF });
  assert.deepEqual([posted.status, posted.type, posted.bytes.length], [200, PROTOBUF, 0]);
  const [first, second] = [await show(trace), await show(other)];
  assert.deepEqual(second, { ...first, id: other });
  const [found] = first.spans;
  assert.deepEqual(
    [
      found?.name,
      found?.kind,
      found?.message,
      found?.attributes['whole'],
      found?.attributes['list'],
    ],
    ['lookup', 'tool', 'broken', '9007199254740993', ['', null]],
  );
});

test('bad spans are refused with place and reason, and the others of the request stored', async () => {
  const bad = [
    own('3', { traceId: 'xyz' }),
    own('4', { spanId: '0'.repeat(16) }),
    own('5', { parentSpanId: '12' }),
    own('6', { startTimeUnixNano: 'noon' }),
    own('7', { attributes: [{ key: 'deep', value: nested(100) }] }),
    own('8', { attributes: 'many' }),
    'no span',
  ];
  const refused = partial(await post(server, request(own('1'), ...bad)));
  assert.equal(refused?.rejectedSpans, '7');
  assert.match(
    refused?.errorMessage ?? '',
    /resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\]: `traceId` is not 32 hex digits: "xyz";.*all zeros.*`parentSpanId` is not 16 hex.*no count of nanoseconds: noon.*deeper than 64.*and 2 more$/,
  );
  assert.equal((await show()).spans.length, 1);
  const posted = await post(server, encodeRequest(request(own('2'), own('3', { traceId: 'ab' }))), {
    type: PROTOBUF,
  });
  const { partialSuccess } = messageType('ExportTraceServiceResponse').decode(
    posted.bytes,
  ) as unknown as { partialSuccess: { rejectedSpans: unknown; errorMessage: string } };
  assert.equal(String(partialSuccess.rejectedSpans), '1');
  assert.match(partialSuccess.errorMessage, /`traceId` is not 32 hex digits: "ab"/);
});

test('spans of odd shape are kept, and what was mended is told', async () => {
  const cycle = [
    own('1', { parentSpanId: '2'.repeat(16) }),
    own('2', { parentSpanId: '1'.repeat(16) }),
  ];
  const odd = [
    own('3', { parentSpanId: '9'.repeat(16) }),
    own('4', { parentSpanId: '4'.repeat(16) }),
    own('5', { endTimeUnixNano: '1699999999000000000' }),
    own('6', { startTimeUnixNano: undefined, endTimeUnixNano: undefined }),
    own('7', { kind: 77, attributes: [attribute('openinference.span.kind', 'WIZARD')] }),
    own('8', { attributes: [attribute('long', 'x'.repeat(10_000_000))] }),
    own('9', { name: 'nul \u0000 and half \ud83d', attributes: [attribute('nul', '\u0000')] }),
  ];
  const refused = partial(await post(server, request(...cycle, ...odd)));
  assert.equal(refused, undefined);
  const { spans } = await show();
  assert.equal(spans.length, 9);
  const of = (id: string) => spans.find((each) => each.id === id.repeat(16));
  assert.deepEqual(of('5')?.origin?.remarks, [
    'it ended 1000.000 ms before its start (a clock was set): taken as 0 ms',
  ]);
  assert.match(of('6')?.origin?.remarks[0] ?? '', /says no time/);
  assert.equal(of('7')?.kind, 'other');
  assert.match(of('8')?.origin?.remarks[0] ?? '', /`long` was cut from 10000000 to 1000000/);
});

test('a span id twice in a request is one span: equal ones silently, others with the reason', async () => {
  assert.equal(partial(await post(server, request(own('1'), own('1')))), undefined);
  const refused = partial(await post(server, request(own('1', { name: 'other' }), own('1'))));
  assert.match(
    refused?.errorMessage ?? '',
    /span 1111111111111111 is there twice with other content/,
  );
  assert.deepEqual(
    (await show()).spans.map(({ name }) => name),
    ['span 1'],
  );
});

test('bodies that are no trace data are refused whole, in the form of the request', async () => {
  const cases: readonly (readonly [Promise<Posted>, number, RegExp])[] = [
    [post(server, '{"resourceSpans": ['), 400, /not JSON/],
    [post(server, '[]'), 400, /no OTLP trace data: it is not an object/],
    [post(server, { resourceSpans: 5 }), 400, /`resourceSpans` is not a list/],
    [
      post(server, { resourceSpans: [{ scopeSpans: [7] }] }),
      400,
      /`resourceSpans\[0\]\.scopeSpans\[0\]` is not an object/,
    ],
    [post(server, 'a=b', { type: 'text/plain' }), 415, /send application\/x-protobuf/],
    [post(server, '{}', { headers: { 'content-encoding': 'br' } }), 415, /`br` is not known here/],
    [post(server, '{}', { headers: { 'content-encoding': 'gzip' } }), 400, /not gzip/],
  ];
  for (const [posting, status, pattern] of cases) {
    const told = fault(await posting);
    assert.equal(told.status, status, told.message);
    assert.match(told.message, pattern);
  }
  const posted = await post(server, Buffer.from('no protobuf at all'), { type: PROTOBUF });
  assert.deepEqual([posted.status, posted.type], [400, PROTOBUF]);
  const status = messageType('RpcStatus').decode(posted.bytes) as unknown as { message: string };
  assert.match(status.message, /no protobuf ExportTraceServiceRequest/);
});

test('a gzip bomb, a swarm of empty messages and a body over the limit are refused, and the server goes on', async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000));
  assert.ok(bomb.length < 250_000);
  const headers = { 'content-encoding': 'gzip' };
  const unpacked = fault(await post(server, bomb, { headers }));
  assert.deepEqual(
    [unpacked.status, /larger than 64 MB when unpacked/.test(unpacked.message)],
    [413, true],
  );
  const swarm = Buffer.alloc(20_000_000, Buffer.from([0x0a, 0x00]));
  const many = await post(server, swarm, { type: PROTOBUF, gzip: true });
  assert.equal(many.status, 400);
  assert.match(many.bytes.toString(), /more than 2000000 messages/);
  const objects = `{"resourceSpans":[${'{},'.repeat(5_000_000)}{}]}`;
  assert.match(fault(await post(server, objects, { gzip: true })).message, /4000000 objects/);
  const large = fault(await post(server, Buffer.alloc(64_000_001)));
  assert.equal(large.status, 413);
  assert.equal(partial(await post(server, request(own('1')))), undefined);
});

test('without the token of the stack nothing is stored', async () => {
  for (const token of [null, 'x', '']) {
    const posted = await post(server, request(own('1')), { token });
    assert.equal(posted.status, 401);
    assert.match(fault(posted).message, /token/);
  }
  await assert.rejects(show(), { name: 'NotFoundError' });
});

test('an empty request is no fault, and other signals are not taken', async () => {
  assert.equal(partial(await post(server, {})), undefined);
  const { status, body } = await send(`${server.url}/v1/metrics`, { body: {} });
  assert.equal(status, 404);
  assert.match(JSON.stringify(body), /OTEL_METRICS_EXPORTER=none/);
});

test('sixty requests at once are all stored', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => n.toString(16).padStart(16, 'c'));
  const posted = await Promise.all(
    ids.map((spanId) => post(server, request(own('1', { spanId })), { gzip: true })),
  );
  assert.deepEqual([...new Set(posted.map(({ status }) => status))], [200]);
  const { traces } = await searchTraces(database.db, {
    project: PROJECT,
    filter: { kind: 'text', column: 'id', operator: '=', value: trace },
    limit: 5,
  });
  assert.deepEqual(
    traces.map(({ spans }) => spans),
    [60],
  );
});

function nested(depth: number): object {
  let value: object = { stringValue: 'bottom' };
  for (let n = 0; n < depth; n++) value = { arrayValue: { values: [value] } };
  return value;
}
