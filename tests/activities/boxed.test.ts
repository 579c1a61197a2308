import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeBoxed } from '../../activities/boxed.ts';

const calm = new AbortController().signal;

test('all rows are done within the box, never more at once than there are lanes', async () => {
  let under = 0;
  let most = 0;
  const rows = Array.from({ length: 20 }, (_, i) => i);
  const box = { rows, lanes: 3, boxMs: 1_000, now: () => 0, signal: calm };
  const tally = await timeBoxed(box, async (row) => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setImmediate(resolve));
    under -= 1;
    return row % 5 === 0 ? 'failed' : 'done';
  });
  assert.deepEqual(tally, { done: 16, failed: 4, deferred: 0 });
  assert.equal(most, 3);
});

test('rows that do not start in time are deferred, and those under way are finished', async () => {
  let clock = 0;
  const rows = [1, 2, 3, 4, 5];
  const box = { rows, lanes: 1, boxMs: 25, now: () => clock, signal: calm };
  const tally = await timeBoxed(box, async () => {
    clock += 10;
    return 'done';
  });
  assert.deepEqual(tally, { done: 3, failed: 0, deferred: 2 });
});

test('a row that throws ends the batch only when the others under way have finished', async () => {
  const finished: number[] = [];
  const box = { rows: [1, 2, 3], lanes: 2, boxMs: 1_000, now: () => 0, signal: calm };
  const batch = timeBoxed(box, async (row) => {
    if (row === 1) throw new Error('the database is away');
    await new Promise((resolve) => setTimeout(resolve, 20));
    finished.push(row);
    return 'done';
  });
  await assert.rejects(batch, /the database is away/);
  assert.deepEqual(finished, [2], 'the third was not started');
});

test('a cancelled batch starts nothing more and says so', async () => {
  const abort = new AbortController();
  const box = { rows: [1, 2, 3], lanes: 1, boxMs: 1_000, now: () => 0, signal: abort.signal };
  const started: number[] = [];
  const batch = timeBoxed(box, async (row) => {
    started.push(row);
    abort.abort(new Error('cancelled'));
    return 'done';
  });
  await assert.rejects(batch, /cancelled/);
  assert.deepEqual(started, [1]);
});
