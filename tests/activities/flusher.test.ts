import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFlusher } from '../../activities/flusher.ts';

const flusherOf = <Row>(write: (rows: readonly Row[]) => Promise<void>) =>
  createFlusher({ most: 20, waitMs: 10, write });

test('rows are written some at a time, and every caller waits for its own write', async () => {
  const written: number[][] = [];
  const flusher = flusherOf<number>(async (rows) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    written.push([...rows]);
  });
  await Promise.all(
    Array.from({ length: 45 }, async (_, row) => {
      await flusher.add(row);
      assert.ok(written.flat().includes(row), `row ${row} was durable before it was answered`);
    }),
  );
  assert.deepEqual(
    written.map((rows) => rows.length).sort((a, b) => b - a),
    [20, 20, 5],
  );
});

test('a write that fails rejects the callers whose rows it held, and no one else', async () => {
  const flusher = flusherOf<string>(async (rows) => {
    if (rows.includes('bad')) throw new Error('insert failed');
  });
  await assert.rejects(flusher.add('bad'), /insert failed/);
  await flusher.add('good');
});

test('flush writes what is left at once', async () => {
  const written: string[] = [];
  const flusher = flusherOf<string>(async (rows) => {
    written.push(...rows);
  });
  const added = flusher.add('last');
  await flusher.flush();
  assert.deepEqual(written, ['last']);
  await added;
});

test('where the number of rows is known, the last one is not held up for company', async () => {
  const written: number[][] = [];
  const write = (rows: readonly number[]): Promise<void> =>
    Promise.resolve(void written.push([...rows]));
  const flusher = createFlusher<number>({ most: 20, waitMs: 60_000, rows: 3, write });
  await Promise.all([1, 2, 3].map((row) => flusher.add(row)));
  assert.deepEqual(written, [[1, 2, 3]]);
});
