import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlineOf, type SpanOutline, type TraceSpans } from '../../../contracts/trace-outline.ts';
import { profileOf } from '../../../domain/evaluate/profile.ts';

type Short = Partial<Omit<SpanOutline, 'id' | 'start' | 'end'>> & { readonly tokens?: number };

const span = (id: string, [start, end]: readonly [number, number], more: Short = {}) => {
  const { tokens, ...rest } = more;
  return {
    id,
    start,
    end,
    parent: null,
    name: id,
    kind: 'other',
    status: 'OK',
    usage: tokens === undefined ? null : { inputTokens: tokens, outputTokens: 10 },
    ...rest,
  } satisfies SpanOutline;
};

const trace = (name: string, ...spans: readonly SpanOutline[]): TraceSpans => ({
  trace: name,
  example: `example of ${name}`,
  spans,
});

const model = (id: string, at: readonly [number, number], tokens: number, more: Short = {}) =>
  span(id, at, { kind: 'model', name: 'chat', parent: 'root', tokens, ...more });

test('time is told by what no child covers: children side by side count once, and what hangs over is cut', () => {
  const { kinds, steps, latency, slowest } = profileOf([
    trace(
      't',
      span('root', [0, 100], { kind: 'agent', name: 'support' }),
      span('a', [10, 40], { kind: 'tool', name: 'search', parent: 'root' }),
      span('b', [30, 60], { kind: 'tool', name: 'look-up', parent: 'root', status: 'ERROR' }),
      span('c', [90, 130], { kind: 'tool', name: 'search', parent: 'root' }),
    ),
  ]);
  assert.deepEqual(
    kinds.map(({ kind, spans, errors, selfMs }) => [kind, spans, errors, selfMs]),
    [
      ['tool', 3, 1, 100],
      ['agent', 1, 0, 40],
    ],
  );
  assert.deepEqual(
    steps.map(({ name, spans, selfMs, share }) => [name, spans, selfMs, share]),
    [
      ['search', 2, 70, 0.5],
      ['support', 1, 40, 40 / 140],
      ['look-up', 1, 30, 30 / 140],
    ],
  );
  assert.deepEqual(kinds[0]!.latency, { p50: 30, p95: 39, p99: 39.8 });
  assert.equal(latency!.p50, 130);
  assert.deepEqual(slowest[0]!.slowest, { kind: 'agent', name: 'support', selfMs: 40 });
});

test('the slowest traces come first, with the example they belong to', () => {
  const { slowest, traces } = profileOf([
    ...Array.from({ length: 14 }, (_, at) => trace(`t${at}`, span('root', [0, at]))),
    trace('empty'),
  ]);
  assert.equal(traces, 14);
  assert.deepEqual(
    slowest.slice(0, 2).map(({ trace: id, example, ms }) => [id, example, ms]),
    [
      ['t13', 'example of t13', 13],
      ['t12', 'example of t12', 12],
    ],
  );
  assert.equal(slowest.length, 10);
});

test('context bloat: a call with twice the input of the first of its trace is found, and its share told', () => {
  const root = span('root', [0, 100], { kind: 'agent' });
  const { growth, heavy } = profileOf([
    trace(
      'grows',
      root,
      model('1', [0, 10], 100),
      model('2', [20, 30], 150),
      model('3', [40, 50], 250),
    ),
    trace('level', root, model('1', [0, 10], 300), model('2', [20, 30], 310)),
  ]);
  assert.deepEqual(
    growth.map(({ call, traces, p50, timesFirst, bloated }) => [
      call,
      traces,
      p50,
      timesFirst,
      bloated,
    ]),
    [
      [1, 2, 200, 1, 0],
      [2, 2, 230, 460 / 400, 0],
      [3, 1, 250, 2.5, 1],
    ],
  );
  assert.deepEqual(
    heavy.map(({ trace: id, call, inputTokens, bloated }) => [id, call, inputTokens, bloated]),
    [
      ['level', 2, 310, false],
      ['level', 1, 300, false],
      ['grows', 3, 250, true],
      ['grows', 2, 150, false],
      ['grows', 1, 100, false],
    ],
  );
  assert.equal(heavy[2]!.share, 0.5);
});

test('an outer span that repeats the tokens of the call inside it is not counted twice', () => {
  const { kinds, growth } = profileOf([
    trace(
      't',
      span('root', [0, 100], { kind: 'agent', tokens: 70 }),
      span('outer', [0, 50], { kind: 'model', name: 'ChatModel', parent: 'root', tokens: 70 }),
      span('inner', [5, 45], { kind: 'model', name: 'chat', parent: 'outer', tokens: 70 }),
    ),
  ]);
  assert.deepEqual(
    kinds.map(({ kind, inputTokens, outputTokens }) => [kind, inputTokens, outputTokens]),
    [
      ['agent', 0, 0],
      ['model', 70, 10],
    ],
  );
  assert.equal(growth.length, 1);
});

test('spans with a lost parent, a cycle or an end before their start are profiled all the same', () => {
  const { kinds, traces } = profileOf([
    trace(
      't',
      span('a', [0, 10], { parent: 'b', tokens: 5 }),
      span('b', [0, 10], { parent: 'a', tokens: 5 }),
      span('c', [20, 5], { parent: 'gone' }),
      span('d', [0, 1], { parent: 'd' }),
    ),
  ]);
  assert.equal(traces, 1);
  assert.equal(kinds[0]!.spans, 4);
  assert.ok(kinds[0]!.selfMs >= 0);
});

const tokensOf = (spans: readonly SpanOutline[]): number =>
  profileOf([trace('t', ...spans)]).kinds.reduce((sum, kind) => sum + kind.inputTokens, 0);

test('the tokens of a profile are those of the trace: in a cycle each counts, and a call that tells none hides no other', () => {
  const cycle = [
    span('a', [0, 10], { parent: 'b', tokens: 5 }),
    span('b', [0, 10], { parent: 'a', tokens: 6 }),
  ];
  const silent = span('silent', [5, 45], { parent: 'outer' });
  const empty = [
    span('outer', [0, 50], { tokens: 70 }),
    { ...silent, usage: { inputTokens: 0, outputTokens: 0 } },
  ];
  for (const [spans, tokens] of [
    [cycle, 11],
    [empty, 70],
  ] as const) {
    const lines = spans.map((each) => ({
      ...each,
      session: null,
      hasInputs: false,
      hasOutputs: false,
    }));
    assert.deepEqual([tokensOf(spans), outlineOf(lines).inputTokens], [tokens, tokens]);
  }
});
