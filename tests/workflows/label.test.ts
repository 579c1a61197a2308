import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { LabelCounts } from '../../contracts/session.ts';
import { QUEUE } from '../../contracts/temporal.ts';
import { labelingComplete } from '../../workflows/messages.ts';
import type { LabelResult } from '../../workflows/label.ts';
import { startSkipping } from './skipping.ts';

const DAY = 86_400_000;

let environment: TestWorkflowEnvironment;
let stop: () => Promise<void>;

/** What the database would answer; each test writes its own session's counts. */
const counts: Record<string, LabelCounts> = {};
/** What happens between a count and its answer, by session. */
const meanwhile: Record<string, () => Promise<void>> = {};
const reminded: { session: string; ordinal: number }[] = [];

const sessionWith = (session: string, have: Partial<LabelCounts>): void => {
  const empty = {
    labels: 0,
    target: 10,
    items: 10,
    consensus: 0,
    contested: 0,
    values: 0,
    skipped: 0,
  };
  counts[session] = { ...empty, minimum: 4, ...have };
};

before(async () => {
  ({ environment, stop } = await startSkipping({
    main: {
      countLabels: async ({ session }: { session: string }) => {
        const found = counts[session];
        await meanwhile[session]?.();
        return found;
      },
      remind: async (of: { session: string; ordinal: number }) => {
        reminded.push({ session: of.session, ordinal: of.ordinal });
      },
    },
  }));
});
after(() => stop());

const start = (session: string, reminders: readonly number[] = []) =>
  environment.client.workflow.start('labelWorkflow', {
    taskQueue: QUEUE.main,
    workflowId: `label/${session}`,
    args: [{ project: 'p', session, deadlineMs: 7 * DAY, reminders }],
  });

test('a seven-day wait reminds twice and ends at its deadline, short of labels', async () => {
  sessionWith('week', { labels: 1, consensus: 1, values: 1 });
  const handle = await start('week', [2 * DAY, 5 * DAY]);
  const result = (await handle.result()) as LabelResult;
  assert.equal(result.ended, 'deadline');
  assert.equal(result.enough, false);
  assert.deepEqual(
    reminded.filter((of) => of.session === 'week').map((of) => of.ordinal),
    [0, 1],
  );
});

test('a signal before any label, sent twice, leaves the wait standing; with enough labels one ends it', async () => {
  sessionWith('early', {});
  const handle = await start('early');
  await handle.signal(labelingComplete);
  await handle.signal(labelingComplete, { session: 'early' });
  await environment.sleep('1h');
  assert.equal((await handle.describe()).status.name, 'RUNNING');
  sessionWith('early', { labels: 4, consensus: 4, values: 2 });
  await handle.signal(labelingComplete);
  const result = (await handle.result()) as LabelResult;
  assert.deepEqual([result.ended, result.enough], ['signal', true]);
});

test('four labels of one value are not enough: at least two values are needed', async () => {
  sessionWith('same', { labels: 4, consensus: 4, values: 1 });
  const handle = await start('same');
  await handle.signal(labelingComplete);
  await environment.sleep('1h');
  assert.equal((await handle.describe()).status.name, 'RUNNING');
  await handle.terminate();
});

test('a message for another session is ignored', async () => {
  sessionWith('mine', { labels: 4, consensus: 4, values: 2 });
  const handle = await start('mine');
  await handle.signal(labelingComplete, { session: 'an earlier round' });
  await environment.sleep('1h');
  assert.equal((await handle.describe()).status.name, 'RUNNING');
  await handle.terminate();
});

test('the target ends the wait by itself, and leaves no reminder behind', async () => {
  sessionWith('full', { labels: 10, consensus: 9, values: 2 });
  const handle = await start('full', [DAY]);
  const result = (await handle.result()) as LabelResult;
  assert.deepEqual([result.ended, result.enough], ['target', true]);
  assert.equal(
    reminded.some((of) => of.session === 'full'),
    false,
  );
});

test('who says so while labels are being counted is heard: they are counted anew', async () => {
  sessionWith('counting', {});
  meanwhile['counting'] = async () => {
    delete meanwhile['counting'];
    sessionWith('counting', { labels: 4, consensus: 4, values: 2 });
    await environment.client.workflow.getHandle('label/counting').signal(labelingComplete);
  };
  const handle = await start('counting');
  const result = (await handle.result()) as LabelResult;
  assert.deepEqual([result.ended, result.enough], ['signal', true]);
  const { startTime, closeTime } = await handle.describe();
  assert.ok(closeTime!.getTime() - startTime.getTime() < DAY, 'not at the deadline');
});
