import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScoredRow } from '../../../domain/evaluate/aggregate.ts';
import type { ComparedRun } from '../../../domain/evaluate/compare.ts';
import { trendOf } from '../../../domain/evaluate/trend.ts';
import { createRandom } from '../../../domain/random.ts';

const EXAMPLES = 40;

/** A run in which the examples named are wrong and the others right. */
const run = (
  name: string,
  wrong: (example: number) => boolean,
  more: Partial<ComparedRun> & { readonly missing?: number } = {},
): ComparedRun => {
  const rows = Array.from({ length: EXAMPLES }, (_, at): ScoredRow => {
    const lost = at < (more.missing ?? 0);
    return {
      example: `e${at}`,
      conversation: `c${at}`,
      trial: 0,
      status: 'ok',
      assessment: { score: wrong(at) ? 0 : 1, error: lost ? { kind: 'rate-limited' } : null },
      latencyMs: null,
    };
  });
  return { run: name, dataset: 'd@1', scorer: 'j@1', rows, ...more };
};

const marks = (runs: readonly ComparedRun[]) => trendOf(runs).map(({ mark }) => mark);

test('a planted decline is marked, noise of the same size in both directions is not', () => {
  const before = run('a', (at) => at < 4);
  const worse = run('b', (at) => at < 14);
  const swapped = run('c', (at) => at >= 2 && at < 6);
  assert.deepEqual(marks([before, worse]), ['first', 'regressed']);
  assert.deepEqual(marks([before, swapped]), ['first', 'level']);
  assert.deepEqual(marks([worse, before]), ['first', 'improved']);
  const [, point] = trendOf([before, worse]);
  assert.equal(point!.tests[0]!.difference!.mean, -0.25);
  // Ten clusters fell and none rose: 1 of 1,024 assignments of signs is as extreme.
  assert.equal(point!.tests[0]!.worse, 1 / 1024);
});

test('a decline in steps too small to see is marked against the first run', () => {
  const steps = [0, 3, 6, 9].map((wrong, at) => run(`r${at}`, (n) => n < wrong));
  const points = trendOf(steps);
  assert.deepEqual(
    points.map(({ mark }) => mark),
    ['first', 'level', 'regressed', 'regressed'],
  );
  const last = points.at(-1)!;
  assert.deepEqual(
    last.tests.map(({ against, worse }) => [against, worse <= 0.05]),
    [
      ['r2', false],
      ['r0', true],
    ],
  );
});

test('other data or another judge version begins a new stretch, and the reason is told', () => {
  const points = trendOf([
    run('a', () => false),
    run('b', () => true, { dataset: 'd@2' }),
    run('c', () => true, { dataset: 'd@2', scorer: 'j@2' }),
    run('d', (at) => at > 20, { dataset: 'd@2', scorer: 'j@2' }),
  ]);
  assert.deepEqual(
    points.map(({ mark, apart, tests }) => [mark, apart, tests.map(({ against }) => against)]),
    [
      ['first', null, []],
      ['first', 'their dataset versions differ', []],
      ['first', 'they were scored by j@1 and j@2', []],
      ['improved', null, ['c']],
    ],
  );
});

test('a run with too much missing is not marked, and nothing is compared with it', () => {
  const points = trendOf([
    run('a', () => false),
    run('b', () => true, { missing: 3 }),
    run('c', () => false, { missing: 2 }),
  ]);
  assert.deepEqual(
    points.map(({ mark, tests }) => [mark, tests.map(({ against }) => against)]),
    [
      ['first', []],
      ['unmeasured', []],
      ['level', ['a']],
    ],
  );
});

test('without a change at most about one run in twenty is marked as a regression', () => {
  const { random } = createRandom(7);
  let marked = 0;
  const series = 60;
  for (let n = 0; n < series; n += 1) {
    const noise = Array.from({ length: 6 }, (_, at) => run(`r${n}-${at}`, () => random() < 0.3));
    marked += marks(noise).filter((mark) => mark === 'regressed').length;
  }
  const tested = series * 5;
  assert.ok(marked / tested < 0.08, `${marked} of ${tested}`);
});
