import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregate, type ScoredRow } from '../../../domain/evaluate/aggregate.ts';
import { compareRuns } from '../../../domain/evaluate/compare.ts';
import { evaluateGates } from '../../../domain/evaluate/gates.ts';
import { quantile } from '../../../domain/statistics/quantile.ts';

const row = (example: string, score: number | null, more: Partial<ScoredRow> = {}): ScoredRow => ({
  example,
  conversation: example,
  trial: 0,
  status: 'ok',
  assessment: { score, error: null },
  latencyMs: 100,
  ...more,
});
const unmeasured = { assessment: { score: null, error: { kind: 'rate-limited' } } };

test('a failed agent lowers the mean; what was not measured stands beside it', () => {
  const found = aggregate([
    row('a', 1),
    row('b', 1),
    row('c', null, { status: 'failed', assessment: null }),
    row('d', null, unmeasured),
    row('e', null, { status: 'missing', assessment: null, latencyMs: null }),
    row('f', null, { assessment: null }),
    row('g', null),
  ]);
  assert.equal(found.mean, 2 / 3);
  const { n, clusters, missing, failed, notApplicable } = found;
  assert.deepEqual(
    { n, clusters, missing, failed, notApplicable },
    {
      n: 3,
      clusters: 3,
      missing: 3,
      failed: 1,
      notApplicable: 1,
    },
  );
});

test('the interval is Wilson for rates without clusters and wider for correlated rows', () => {
  const scores = Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? 0 : 1));
  const single = aggregate(scores.map((score, at) => row(`e${at}`, score)));
  // 30 of 40 at 95 %:: centre 0.72810, half 0.13003, by the formula of Wilson (1927).
  assert.ok(Math.abs(single.interval!.low - 0.5981) < 5e-4);
  assert.ok(Math.abs(single.interval!.high - 0.8581) < 5e-4);
  const grouped = aggregate(
    scores
      .toSorted((a, b) => a - b)
      .map((score, at) => row(`e${at}`, score, { conversation: `c${at >> 2}` })),
  );
  const width = ({ interval }: typeof single) => interval!.high - interval!.low;
  assert.ok(width(grouped) > 1.3 * width(single));
});

test('percentiles are those of the scores in the mean: a failure of the agent is in them, what is missing is not', () => {
  const rows = Array.from({ length: 99 }, (_, at) => row(`e${at}`, (at + 1) / 100));
  const failed = row('f', null, { status: 'failed', assessment: null });
  const { percentiles } = aggregate([...rows, failed, row('x', null, unmeasured)]);
  const scores = Array.from({ length: 100 }, (_, at) => at / 100);
  assert.deepEqual(percentiles, {
    p50: quantile(scores, 0.5),
    p95: quantile(scores, 0.95),
    p99: quantile(scores, 0.99),
  });
});

test('nothing measured gives no mean, and latency quantiles come from what ran', () => {
  assert.deepEqual(
    { ...aggregate([]), latency: null },
    {
      mean: null,
      interval: null,
      n: 0,
      clusters: 0,
      missing: 0,
      failed: 0,
      notApplicable: 0,
      percentiles: null,
      latency: null,
    },
  );
  const rows = Array.from({ length: 101 }, (_, at) => row(`e${at}`, 1, { latencyMs: at }));
  assert.deepEqual(aggregate(rows).latency, { p50: 50, p95: 95, p99: 99 });
});

const states = (errors: number, min: number, list: readonly ScoredRow[]) =>
  evaluateGates([{ scorer: 's', min, errors }], { s: aggregate(list) })[0]!.state;

test('a gate passes at its bound, fails below it, and is unmeasurable above its error budget', () => {
  const rows = Array.from({ length: 10 }, (_, at) => row(`e${at}`, at === 0 ? 0 : 1));
  assert.equal(states(0, 0.9, rows), 'pass');
  assert.equal(states(0, 0.91, rows), 'fail');
  assert.equal(states(0.05, 0.5, [...rows, row('x', null, unmeasured)]), 'unmeasurable');
  assert.equal(states(0.1, 0.5, [...rows, row('x', null, unmeasured)]), 'pass');
  assert.equal(states(1, 0.5, [row('x', null, unmeasured)]), 'unmeasurable');
  assert.equal(
    evaluateGates([{ scorer: 'toString', min: 0, errors: 1 }], {})[0]!.state,
    'unmeasurable',
  );
});

const run = (name: string, rows: readonly ScoredRow[], more = {}) => ({
  run: name,
  dataset: 'd1',
  scorer: 'judge:routing@1',
  rows,
  ...more,
});

test('two runs are compared example by example, trials averaged', () => {
  const first = run('one', [
    row('a', 1),
    row('b', 0),
    row('b', 1, { trial: 1 }),
    row('c', 1),
    row('d', 1),
  ]);
  const second = run('two', [row('a', 0), row('b', 1), row('c', 1), row('d', null, unmeasured)]);
  const found = compareRuns(first, second);
  assert.deepEqual(
    found.regressions.map(({ example, difference }) => [example, difference]),
    [['a', -1]],
  );
  assert.deepEqual(
    found.wins.map(({ example, difference }) => [example, difference]),
    [['b', 0.5]],
  );
  assert.deepEqual([found.equal, found.examples, found.unpaired], [1, 3, ['d']]);
  assert.ok(Math.abs(found.difference!.mean - -0.5 / 3) < 1e-12);
});

const trials = (...scores: readonly number[]) =>
  scores.map((score, trial) => row('a', score, { trial }));

test('equal trials in another order are neither a win nor a regression', () => {
  for (const [before, after] of [
    [trials(0.1, 0.2, 0.3), trials(0.3, 0.2, 0.1)],
    [trials(0.3, 0.2, 0.1), trials(0.1, 0.2, 0.3)],
  ] as const) {
    const { wins, regressions, equal } = compareRuns(run('one', before), run('two', after));
    assert.deepEqual([wins.length, regressions.length, equal], [0, 0, 1]);
  }
});

test('runs of other datasets or judge versions are refused with both reasons', () => {
  assert.throws(
    () => compareRuns(run('one', []), run('two', [], { dataset: 'd2', scorer: 'judge:routing@2' })),
    (error: Error) =>
      error.name === 'IncomparableRunsError' &&
      /dataset versions differ; they were scored by judge:routing@1 and judge:routing@2/.test(
        error.message,
      ),
  );
});
