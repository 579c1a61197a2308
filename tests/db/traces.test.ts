import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NO_END, type ReceivedSpan, type Trace } from '../../contracts/trace.ts';
import type { Db } from '../../db/connect.ts';
import { ensureProject } from '../../db/projects.ts';
import {
  getTrace,
  importSpans,
  reserveTraces,
  saveTraces,
  tagTraces,
} from '../../db/traces/traces.ts';
import { searchTraces } from '../../db/traces/search.ts';
import { parseFilter } from '../../domain/trace/filter.ts';
import { openDatabase } from './database.ts';
import { PROJECT, startCycle, startRun } from './fixture.ts';
import { received, TRACE, under } from './received.ts';

let db: Db;
beforeEach(async () => {
  ({ db } = await openDatabase());
  await ensureProject(db, { project: PROJECT });
});

const take = (...spans: readonly ReceivedSpan[]) => importSpans(db, { project: PROJECT, spans });
const show = (id = TRACE) => getTrace(db, { project: PROJECT, id });
const list = async () =>
  (await searchTraces(db, { project: PROJECT, filter: null, limit: 50 })).traces;

/** Numbers of the traces a filter finds: they start a millisecond apart. */
async function numbers(text: string): Promise<string> {
  const filter = parseFilter(text, { now: 0 });
  const { traces } = await searchTraces(db, { project: PROJECT, filter, limit: 50 });
  return traces
    .map(({ start }) => start - 999)
    .toSorted((a, b) => a - b)
    .join('');
}

const tag = (tags: Record<string, string>, remove: readonly string[] = []) =>
  tagTraces(db, { project: PROJECT, ids: [TRACE, 'unknown'], tags, remove });
const other = (span: ReceivedSpan): ReceivedSpan => ({ ...span, trace: 'f'.repeat(32) });

const ROOT = received('a', {
  kind: 'agent',
  start: 1000,
  end: 1500,
  session: 'talk',
  inputs: 'hello',
  outputs: 'bye',
});
const CALL = received('b', {
  ...under('a'),
  kind: 'model',
  usage: { inputTokens: 30, outputTokens: 4 },
  inputs: 'prompt',
  outputs: 'reply',
});
const TOOL = received('c', {
  ...under('a'),
  kind: 'tool',
  status: 'ERROR',
  message: 'no such user',
});

test('spans of a trace that come in any order, in several requests and twice make the same trace', async () => {
  const orders = [
    [[ROOT, CALL, TOOL]],
    [[CALL], [TOOL], [ROOT]],
    [[TOOL, CALL], [ROOT, CALL], [ROOT], [TOOL, CALL, ROOT]],
  ];
  const seen = [];
  for (const requests of orders) {
    ({ db } = await openDatabase());
    await ensureProject(db, { project: PROJECT });
    for (const spans of requests) await take(...spans);
    seen.push(await show());
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
  const { spans, ...trace } = seen[0]!;
  assert.deepEqual(trace, {
    id: TRACE,
    status: 'OK',
    inputs: 'hello',
    outputs: 'bye',
    name: 'span a',
    session: 'talk',
    start: 1000,
    latencyMs: 500,
    inputTokens: 30,
    outputTokens: 4,
    tags: {},
    run: null,
  });
  assert.equal(spans.length, 3);
});

test('before the root arrives the trace is what its spans say, and the root then decides', async () => {
  assert.deepEqual(await take(CALL, TOOL), {
    traces: [TRACE],
    newTraces: 1,
    newSpans: 2,
    sealed: [],
  });
  const early = await show();
  assert.deepEqual([early.inputs, early.outputs, early.session], ['prompt', 'reply', null]);
  assert.deepEqual(await take({ ...ROOT, status: 'ERROR' }, CALL), {
    traces: [TRACE],
    newTraces: 0,
    newSpans: 1,
    sealed: [],
  });
  const late = await show();
  assert.deepEqual(
    [late.inputs, late.outputs, late.session, late.status],
    ['hello', 'bye', 'talk', 'ERROR'],
  );
});

test('forty requests at once with the same traces leave each span once', async () => {
  const spans = [ROOT, CALL, TOOL, other(ROOT), other(CALL)];
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => take(...(n % 2 === 0 ? spans : spans.toReversed()))),
  );
  assert.deepEqual(
    (await list()).map(({ id, spans: count }) => [id, count]),
    [
      ['f'.repeat(32), 2],
      [TRACE, 3],
    ],
  );
});

test('spans that a service exports join what the run recorded, before and after it, and the answer stays the run’s', async () => {
  const cycle = await startCycle(db);
  const run = await startRun(db, cycle, 'evaluate');
  await take(CALL);
  const { trace: _trace, session: _session, origin: _origin, ...span } = ROOT;
  const trace: Trace = {
    id: TRACE,
    status: 'OK',
    inputs: { message: 'hi' },
    outputs: { route: 'billing' },
    spans: [{ ...span, id: 's1' }],
  };
  await saveTraces(db, { project: PROJECT, run: run.name, traces: [trace] });
  await take({ ...TOOL, ...under('b'), session: 'talk' });
  await saveTraces(db, { project: PROJECT, run: run.name, traces: [trace] });
  const found = await show();
  assert.deepEqual(
    found.spans.map(({ id }) => id.slice(0, 2)),
    ['s1', 'bb', 'cc'],
  );
  assert.deepEqual(
    [found.run, found.status, found.inputs, found.outputs, found.inputTokens, found.session],
    [run.name, 'OK', trace.inputs, trace.outputs, 30, 'talk'],
  );
});

test('a received span takes the place of none that our agent recorded', async () => {
  const run = await startRun(db, await startCycle(db), 'evaluate');
  const { trace: _trace, session: _session, origin: _origin, ...span } = CALL;
  const spans = [{ ...span, outputs: 'ours' }];
  const trace: Trace = { id: TRACE, status: 'OK', inputs: null, outputs: null, spans };
  await saveTraces(db, { project: PROJECT, run: run.name, traces: [trace] });
  await take({ ...CALL, outputs: 'theirs' });
  assert.equal((await show()).spans[0]?.outputs, 'ours');
});

test('a span id that comes twice at once is one span, received or recorded', async () => {
  const run = await startRun(db, await startCycle(db), 'evaluate');
  assert.equal((await take(CALL, { ...CALL, outputs: 'last' })).newSpans, 1);
  assert.equal((await show()).spans[0]?.outputs, 'last');
  const { trace: _trace, session: _session, origin: _origin, ...span } = TOOL;
  const spans = [span, { ...span, name: 'again' }];
  const trace: Trace = { id: TRACE, status: 'OK', inputs: null, outputs: null, spans };
  await saveTraces(db, { project: PROJECT, run: run.name, traces: [trace] });
  assert.deepEqual(
    (await show()).spans.map(({ name }) => name),
    ['again', 'span b'],
  );
});

test('traces of a gate are sealed from their first span on: not listed, not shown, not tagged', async () => {
  const run = await startRun(db, await startCycle(db), 'gate');
  await reserveTraces(db, { project: PROJECT, run: run.name, ids: [TRACE] });
  await take(ROOT, CALL, received('d', { trace: 'e'.repeat(32) }));
  assert.deepEqual(
    (await list()).map(({ id }) => id),
    ['e'.repeat(32)],
  );
  await assert.rejects(show(), { name: 'SealedError' });
  const tags = { seen: 'yes' };
  await assert.rejects(tagTraces(db, { project: PROJECT, ids: [TRACE], tags }), {
    name: 'SealedError',
  });
});

test('the same tag again changes nothing, another value replaces it, and a tag can be taken off', async () => {
  await take(ROOT);
  assert.equal(await tag({ eval: 'complete', who: 'ana' }), 1);
  await tag({ eval: 'complete' });
  assert.deepEqual((await show()).tags, { eval: 'complete', who: 'ana' });
  await tag({ eval: 'again' }, ['who']);
  assert.deepEqual((await show()).tags, { eval: 'again' });
});

test('pages follow each other without a gap or a repeat, also where traces start at the same time', async () => {
  const ids = Array.from({ length: 7 }, (_, n) => String(n).repeat(32));
  await take(...ids.map((trace, n) => ({ ...ROOT, trace, start: 1000 + Math.floor(n / 3) })));
  const pages: string[][] = [];
  let after = null;
  do {
    const page = await searchTraces(db, { project: PROJECT, filter: null, limit: 2, after });
    pages.push(page.traces.map(({ id }) => id[0]!));
    after = page.next;
  } while (after !== null);
  assert.deepEqual(pages, [['6', '5'], ['4', '3'], ['2', '1'], ['0']]);
});

test('a snapshot of a span that had not ended never undoes its end, and its end replaces a snapshot', async () => {
  const origin = { ...ROOT.origin, remarks: [NO_END] };
  const snapshot = { ...ROOT, end: 1000, outputs: null, origin };
  await take(snapshot);
  assert.equal((await show()).outputs, null);
  await take(ROOT);
  await take({ ...snapshot, inputs: 'late' });
  const { inputs, outputs, latencyMs } = await show();
  assert.deepEqual([inputs, outputs, latencyMs], ['hello', 'bye', 500]);
});

test('attributes are found by every digit of a number, and ordered by it', async () => {
  const orders = ['107505301260286111', '107505301260286110', 7, 'none'];
  await take(
    ...orders.map((order, n) => ({
      ...ROOT,
      trace: String(n + 1).repeat(32),
      start: 1000 + n,
      end: 1500,
      attributes: { order_id: order, 'user.id': `u${n}` },
    })),
  );
  assert.equal(await numbers('attribute.order_id = 107505301260286111'), '1');
  assert.equal(await numbers('attribute.order_id > 107505301260286110'), '1');
  assert.equal(await numbers('attribute.order_id >= 7'), '123');
  assert.equal(await numbers('attribute.order_id != none'), '123');
  assert.equal(await numbers('attribute.user.id = u3'), '4');
  assert.equal(await numbers('attribute.missing != x'), '');
});
