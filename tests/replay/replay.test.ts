import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import * as workflows from '../../workflows/index.ts';
import { recordedHistories } from './histories.ts';

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
const logger = new DefaultLogger('ERROR');
const histories = recordedHistories();

let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;

before(async () => {
  Runtime.install({ logger });
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
});

test('there is a recorded history of every workflow', () => {
  const recorded = new Set(histories.map(({ name }) => name.split('-')[0]));
  const missing = Object.keys(workflows).filter((type) => !recorded.has(type));
  assert.deepEqual(missing, [], 'record it: node tests/replay/record.ts');
});

for (const { name, workflowId, json } of histories)
  test(`the history ${name} replays on the workflows of today`, async () => {
    await Worker.runReplayHistory({ workflowBundle }, json, workflowId);
  });

test('a history in which another activity was called does not replay', async () => {
  const { json, workflowId } = histories.find(({ name }) => name.startsWith('promoteWorkflow'))!;
  const altered = JSON.parse(JSON.stringify(json).replaceAll('freezeGate', 'another')) as unknown;
  await assert.rejects(
    Worker.runReplayHistory({ workflowBundle }, altered, workflowId),
    /TMPRL1100/,
  );
});
