import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { LabelLine } from '../../contracts/label.ts';
import { deliverMessage } from '../../server/outbox.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { send } from './http.ts';
import { openLabelSession, type OpenSession } from './session.ts';
import { type Connected, startConnected } from './with-temporal.ts';

let database: OpenDatabase;
let open: OpenSession;
let connected: Connected;
before(async () => {
  database = await openDatabase();
  open = await openLabelSession(database.db);
  connected = await startConnected(database.url);
});
after(() => connected.stop());

const WAIT_MS = 15_000;

/** Sessions named by the `labelingComplete` signals of a workflow, once it has `count` of them. */
async function signalsOf(workflowId: string, count: number): Promise<readonly unknown[]> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const { events } = await connected.client.workflow.getHandle(workflowId).fetchHistory();
    const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: at }) =>
      at?.signalName === 'labelingComplete' ? [at.input?.payloads?.[0]?.data] : [],
    );
    if (signals.length >= count || performance.now() > until)
      return signals.map((data) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown);
    await sleep(100);
  }
}

const label = (trace: string, rater: string): LabelLine => ({
  trace_id: trace,
  rater,
  name: 'routing',
  value: true,
});

test('labels that reach the target tell the cycle once, with no worker up and without being asked', async () => {
  const workflowId = `cycle/${PROJECT}/${open.cycle.cycle}/${open.cycle.number}`;
  const handle = await connected.client.workflow.start('cycleWorkflow', {
    workflowId,
    taskQueue: 'nobody',
    args: [],
  });
  const post = (rater: string) =>
    send(`${connected.server.url}/api/labels`, {
      body: open.traces.map((trace) => label(trace, rater)),
    });
  await post('ana');
  assert.deepEqual(await signalsOf(workflowId, 0), []);
  await post('ben');
  assert.deepEqual(await signalsOf(workflowId, 1), [{ session: open.session }]);
  await post('chloe');
  await sleep(1_500);
  assert.equal((await signalsOf(workflowId, 1)).length, 1);
  await handle.terminate();
});

test('a message for a cycle that is gone is done with; one that Temporal cannot take waits', async () => {
  const message = { id: '1', project: PROJECT, kind: 'labels-target', subject: 's' } as const;
  await deliverMessage(connected.client, { ...message, payload: { cycle: 'gone/7' } });
  await deliverMessage(connected.client, { ...message, payload: { cycle: null } });
  const away = Connection.lazy({ address: '127.0.0.1:1' });
  const nowhere = new Client({ connection: away });
  await assert.rejects(deliverMessage(nowhere, { ...message, payload: { cycle: 'gone/7' } }));
  await away.close();
});
