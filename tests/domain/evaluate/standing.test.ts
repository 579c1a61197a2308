import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns, standingOf } from '../../../domain/evaluate/compare.ts';
import type { ScoredRow } from '../../../domain/evaluate/aggregate.ts';

const run = (name: string, scores: readonly number[]) => ({
  run: name,
  dataset: 'hash',
  scorer: 'judge@1',
  rows: scores.map((score, at): ScoredRow => ({
    example: `e${at}`,
    trial: 0,
    conversation: `c${at}`,
    status: 'ok',
    assessment: { score, error: null },
    latencyMs: null,
  })),
});
const standing = (first: readonly number[], second: readonly number[]) =>
  standingOf(compareRuns(run('first', first), run('second', second)));
const times = (n: number, score: number) => Array.from({ length: n }, () => score);

test('a second run is worse or better only where the interval leaves no zero', () => {
  assert.equal(standing(times(20, 1), [...times(12, 0), ...times(8, 1)]), 'worse');
  assert.equal(standing([...times(12, 0), ...times(8, 1)], times(20, 1)), 'better');
  assert.equal(standing(times(20, 1), [0, ...times(19, 1)]), 'unknown');
});

test('equal scores are equal, and a change of every row by the same is told from six rows on', () => {
  assert.equal(standing(times(3, 1), times(3, 1)), 'equal');
  assert.equal(standing(times(6, 1), times(6, 0)), 'worse');
  assert.equal(standing(times(5, 1), times(5, 0)), 'unknown');
});

test('where nothing was measured nothing can be told', () => {
  assert.equal(standing([], []), 'unknown');
});
