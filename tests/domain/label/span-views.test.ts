import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpanOutline } from '../../../contracts/trace-outline.ts';
import { spanViews } from '../../../domain/label/span-views.ts';

const step = (id: string, parent: string | null, start: number): SpanOutline => ({
  id,
  parent,
  name: id,
  kind: 'tool',
  start,
  end: start + 5,
  status: 'OK',
  usage: { inputTokens: 9, outputTokens: 1 },
});

test('a rater sees every step once, below its parent, with times from the first start, and nothing of its tokens', () => {
  const views = spanViews([
    step('late', 'root', 130),
    step('root', null, 100),
    step('orphan', 'gone', 90),
  ]);
  assert.deepEqual(
    views.map(({ id, depth, start, ms }) => [id, depth, start, ms]),
    [
      ['orphan', 0, 0, 5],
      ['root', 0, 10, 5],
      ['late', 1, 40, 5],
    ],
  );
  assert.deepEqual(Object.keys(views[0]!).sort(), [
    'depth',
    'id',
    'kind',
    'ms',
    'name',
    'start',
    'status',
  ]);
});

test('steps that name each other as parents are shown too', () => {
  const views = spanViews([step('a', 'b', 1), step('b', 'a', 2)]);
  assert.deepEqual(
    views.map(({ id, depth }) => [id, depth]),
    [
      ['a', 0],
      ['b', 1],
    ],
  );
});
