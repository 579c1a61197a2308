import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SpanScorer, spanScorer } from '../../../contracts/scorer.ts';
import { scoreSpans } from '../../../domain/evaluate/span-score.ts';
import { traceOfSpans } from '../../activities/scorers/spans.ts';

const scorer = (more: object): SpanScorer =>
  spanScorer.parse({ kind: 'spans', name: 's', score: { most: 1 }, ...more });

const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });

/** Two tools that overlap for 5 ms, a third after them that fails, two model calls, a retriever. */
const trace = traceOfSpans('t', [
  { name: 'lookup', start: 1_000, end: 1_010 },
  { name: 'offers', start: 1_005, end: 1_020 },
  { name: 'lookup', start: 1_040, end: 1_045, status: 'ERROR' },
  { name: 'chat', kind: 'model', start: 1_050, end: 1_150, usage: usage(100, 20) },
  { name: 'chat', kind: 'model', start: 1_160, end: 1_190, usage: usage(50, 5) },
  { name: 'docs', kind: 'retriever', start: 1_200, end: 1_207 },
]);

const valueOf = (more: object) => scoreSpans(trace, scorer(more)).value;

test('calls and errors are counted by kind and by name', () => {
  assert.deepEqual(
    [
      valueOf({ measure: 'count' }),
      valueOf({ measure: 'count', names: ['lookup'] }),
      valueOf({ measure: 'count', of: 'model' }),
      valueOf({ measure: 'count', of: 'retriever' }),
      valueOf({ measure: 'errors' }),
      valueOf({ measure: 'errors', of: 'model' }),
    ],
    [3, 2, 2, 1, 1, 0],
  );
});

test('latency by kind is the time in which any of the spans was open: what overlaps counts once', () => {
  assert.deepEqual(
    [
      valueOf({ measure: 'latency_ms' }),
      valueOf({ measure: 'latency_ms', names: ['lookup'] }),
      valueOf({ measure: 'latency_ms', of: 'model' }),
      valueOf({ measure: 'latency_ms', of: 'retriever' }),
    ],
    [25, 15, 130, 7],
  );
});

test('tokens by kind are those of the spans that tell any', () => {
  assert.equal(valueOf({ measure: 'tokens', of: 'model' }), 175);
  assert.equal(valueOf({ measure: 'tokens', of: 'any' }), 175);
});

test('a span that repeats the tokens of the calls within it is not counted twice, also through spans without any', () => {
  const nested = traceOfSpans('n', [
    { name: 'generate', kind: 'model', usage: usage(150, 25) },
    { name: 'attempt', kind: 'chain', parent: 'n-1' },
    { name: 'chat', kind: 'model', parent: 'n-2', usage: usage(150, 25) },
  ]);
  const tokens = (of: string) => scoreSpans(nested, scorer({ measure: 'tokens', of })).value;
  assert.deepEqual([tokens('model'), tokens('any'), tokens('chain')], [175, 175, 0]);
});

const scoreOf = (score: object) => scoreSpans(trace, scorer({ measure: 'count', score })).score;

test('a figure becomes a score by a bound, or in a line from best to worst', () => {
  assert.deepEqual(
    [
      scoreOf({ most: 3 }),
      scoreOf({ most: 2 }),
      scoreOf({ best: 0, worst: 6 }),
      scoreOf({ best: 0, worst: 2 }),
      scoreOf({ best: 3, worst: 0 }),
    ],
    [1, 0, 0.5, 0, 1],
  );
});

test('of an agent that tells the sum of its calls the sum counts alone, and never beside the calls', () => {
  const calls = traceOfSpans('a', [
    { name: 'chat', kind: 'model', usage: usage(60, 1) },
    { name: 'chat', kind: 'model', usage: usage(20, 1) },
  ]);
  const [root, ...rest] = calls.spans;
  const summed = { ...calls, spans: [{ ...root!, usage: usage(80, 2) }, ...rest] };
  const measured = (of: string) => scoreSpans(summed, scorer({ measure: 'tokens', of }));
  assert.deepEqual([measured('any').value, measured('agent').value], [82, 82]);
  assert.deepEqual(measured('any').spans, ['a-1', 'a-2']);
});
