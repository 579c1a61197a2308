import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { decide } from '../../operations/cycle/messages.ts';
import { startWorkflow } from '../../operations/workflows.ts';
import type { FailureKind } from '../../contracts/failure.ts';
import {
  cycleWorkflowId,
  driveWorkflowId,
  QUEUE,
  watchWorkflowId,
} from '../../contracts/temporal.ts';
import { askForTurn } from '../../server/pages/drives/turns.ts';
import { labelingComplete } from '../../workflows/messages.ts';
import { clientOf, HOUR, run, scripts, start, withScripts } from './scripted.ts';

withScripts();

const handleOf = (cycle: string) => clientOf().workflow.getHandle(cycleWorkflowId('p', cycle, 1));

/** Cancels the cycle while the database is asked for this. */
const cancelledIn = (cycle: string, at: string) => async (step: string) =>
  step === at ? handleOf(cycle).cancel() : undefined;

const AT_GATE = { plan: { pooled: true }, counts: {}, alpha: null } as const;

const GRACE = { approved: true, who: 'grace', why: 'read it' };
const decides = (cycle: string) =>
  decide({ client: clientOf(), workflowId: cycleWorkflowId('p', cycle, 1) }, GRACE);

test('who approves when the time is over is refused, and not told that it was taken', async () => {
  let asked: Promise<void> = Promise.resolve();
  const during = async (step: string) => {
    if (step !== 'enterPhase report') return;
    asked = decides('late');
    // The end is not written before who approves has heard.
    await asked.catch(() => undefined);
  };
  const plan = { ...AT_GATE.plan, approvalMs: HOUR };
  assert.equal((await run('late', { ...AT_GATE, plan, during })).outcome, 'declined');
  await assert.rejects(asked, /nobody is waited for any more/);
});

test('a cycle cancelled before its checks ends as cancelled, with a report', async () => {
  const during = cancelledIn('at-once', 'enterPhase preflight');
  const { outcome, log } = await run('at-once', { ...AT_GATE, during });
  assert.equal(outcome, 'cancelled');
  assert.deepEqual(log, ['preflight', 'report', 'cancelled by a person']);
});

test('a cycle cancelled while its alias moves tells of the promotion, as the alias does', async () => {
  const during = cancelledIn('moving', 'promoteAlias');
  const { outcome, log } = await run('moving', { ...AT_GATE, during });
  assert.equal(outcome, 'promoted');
  assert.deepEqual(log.slice(-3), ['moved by null', 'report', 'better']);
});

test('a cycle cancelled while its end is written keeps the end it came to', async () => {
  const during = cancelledIn('written', 'enterPhase report');
  const { outcome } = await run('written', { ...AT_GATE, during });
  assert.equal(outcome, 'promoted');
});

test('a promotion whose watch runs already is reported', async () => {
  const watch = await clientOf().workflow.start('watchWorkflow', {
    taskQueue: QUEUE.agent,
    workflowId: watchWorkflowId('p', 'resumed', 1),
    args: [{ ref: { project: 'p', cycle: 'resumed', number: 1 }, turn: 0 }],
  });
  const plan = { ...AT_GATE.plan, watch: true };
  assert.equal((await run('resumed', { ...AT_GATE, plan })).outcome, 'promoted');
  await watch.terminate();
});

test('who approves hears of it once the decision is on record', async () => {
  let recorded = false;
  const during = async (step: string) => {
    if (step === 'enterPhase promote') return void (recorded = true);
    if (step !== 'recordDecision') return;
    await pause(200);
    recorded = true;
  };
  const plan = { ...AT_GATE.plan, approvalMs: HOUR };
  const running = run('on-record', { ...AT_GATE, plan, during });
  const end = performance.now() + 20_000;
  // Refused until the cycle asks.
  while (
    !(await decides('on-record').then(
      () => true,
      () => false,
    ))
  )
    assert.ok(performance.now() < end, 'the cycle asks in time');
  assert.equal(recorded, true);
  assert.equal((await running).outcome, 'promoted');
});

const ENOUGH = { labels: 5, consensus: 5, values: 2 };
const OF_LABELS = { plan: { labelsDisagree: { alpha: 0.5, policy: 'stop' } }, alpha: 0 } as const;

const completedIn = (cycle: string, at: string) => async (step: string) =>
  step === at ? handleOf(cycle).signal(labelingComplete, { session: `${cycle}/1` }) : undefined;

test('who says that labelling is complete before the wait has begun is heard when it does', async () => {
  const during = completedIn('early', 'enterPhase label');
  const { log } = await run('early', { ...OF_LABELS, counts: { 1: ENOUGH }, during });
  assert.ok(log.includes('closed by signal'), log.join());
});

test('the note of the phase in which people labelled stays true when they have', async () => {
  const notes: string[] = [];
  await run('told', { ...OF_LABELS, counts: { 1: ENOUGH }, closed: 'signal', notes });
  assert.ok(notes.includes('session told/1: 5 items for people to label'), notes.join('\n'));
});

test('people are not waited for again in a session that was closed before the cycle was resumed', async () => {
  const { log } = await run('closed', { ...OF_LABELS, counts: { 1: ENOUGH }, closed: 'signal' });
  assert.match(log.at(-1)!, /^raters disagree/);
  assert.ok(!log.some((line) => line.startsWith('closed by')), log.join());
});

test('a turn of a test drive that is cancelled says so, and waits for no answer any more', async () => {
  const log: string[] = [];
  scripts['drive'] = { ...AT_GATE, log };
  const handle = await clientOf().workflow.start('driveWorkflow', {
    taskQueue: QUEUE.main,
    workflowId: 'drive',
    args: [{ project: 'p', drive: 'drive', turn: 1 }],
  });
  await pause(300);
  await handle.cancel();
  await assert.rejects(handle.result(), { name: 'WorkflowFailedError' });
  assert.deepEqual(log, ['cancelled by a person']);
});

for (const [drive, times] of Object.entries({ once: 1, again: 2 }))
  test(`a turn of a test drive is answered as often as it is asked for, ${drive}, also while its workflow ends`, async () => {
    const log: string[] = [];
    const at = { project: 'p', drive, turn: 1 };
    const during = async (step: string): Promise<void> => {
      if (step === 'driveTurn') throw ApplicationFailure.nonRetryable('nobody is there');
      // The row says by now that there is no answer; the workflow has not heard that it was written.
      if (log.length < times) await askForTurn(clientOf(), at);
    };
    scripts[drive] = { ...AT_GATE, log, during };
    await askForTurn(clientOf(), at);
    await clientOf()
      .workflow.getHandle(driveWorkflowId('p', drive, 1))
      .result();
    assert.deepEqual(log, Array(times).fill('nobody is there'));
  });

test('a cycle that is resumed while its failed run has not closed runs again', async () => {
  const [cycle, fault] = ['closing', 'the data are gone'];
  const workflowId = cycleWorkflowId('p', cycle, 1);
  let resumed: Promise<WorkflowHandle> | undefined;
  const during = async (step: string): Promise<void> => {
    if (step !== 'failCycle' || resumed !== undefined) return;
    const args = [{ project: 'p', cycle, number: 1 }];
    const wanted = { type: 'cycleWorkflow', id: workflowId, args, summary: cycle, failed: true };
    resumed = startWorkflow(clientOf(), wanted);
    await Promise.race([resumed, pause(300)]);
  };
  const { handle, log } = await start(cycle, { plan: {}, counts: {}, alpha: null, fault, during });
  await assert.rejects(handle.result(), { name: 'WorkflowFailedError' });
  await assert.rejects((await resumed!).result(), { name: 'WorkflowFailedError' });
  assert.deepEqual(
    log.filter((line) => line.startsWith('failed')),
    Array(2).fill(`failed: ${fault}`),
  );
});

type Alone = 'searchWorkflow' | 'alignmentWorkflow' | 'watchWorkflow';

/** A workflow that stands alone, steps of which fail by a kind; its row is told in the log. */
async function faulty(workflow: Alone, faults: Readonly<Record<string, FailureKind>>) {
  const cycle = [workflow, ...Object.keys(faults)].join(' ');
  const log: string[] = [];
  const during = async (step: string): Promise<void> => {
    const kind = faults[step];
    if (kind !== undefined)
      throw ApplicationFailure.nonRetryable(`${step} broke`, 'Broken', { kind, retryable: false });
  };
  scripts[cycle] = { ...AT_GATE, log, during };
  const ref = { project: 'p', cycle, number: 1 };
  const handle = await clientOf().workflow.start(workflow, {
    taskQueue: QUEUE.main,
    workflowId: cycle,
    args: [workflow === 'watchWorkflow' ? { ref, turn: 0 } : ref],
  });
  return { handle, log };
}

for (const [workflow, first, last] of [
  ['searchWorkflow', 'planBaseline', 'concludeOptimize'],
  ['alignmentWorkflow', 'prepareAlign', 'endSearch'],
] as const)
  test(`the row of a ${workflow} says failed when its end for want of money cannot be written`, async () => {
    const { handle, log } = await faulty(workflow, { [first]: 'spent', [last]: 'internal' });
    await assert.rejects(handle.result(), { name: 'WorkflowFailedError' });
    assert.equal(log.at(-1), `failed: ${last} broke`);
  });

for (const [workflow, waitsFor, last] of [
  ['searchWorkflow', 'runRollouts', 'endSearch'],
  ['alignmentWorkflow', 'answerAlign', 'endSearch'],
  ['watchWorkflow', 'evaluateWorkflow', 'stopWatch'],
] as const)
  test(
    `the row of a ${workflow} that is cancelled says failed when that cannot be written`,
    { timeout: 60_000 },
    async () => {
      const { handle, log } = await faulty(workflow, { [last]: 'internal' });
      // What never ends: the test server is stuck when an activity is cancelled that has just ended.
      while (!(await pendingOf(handle)).includes(waitsFor)) await pause(20);
      await handle.cancel();
      await assert.rejects(handle.result(), { name: 'WorkflowFailedError' });
      assert.equal(log.at(-1), `failed: ${last} broke`);
    },
  );

/** Names of the activities and workflows that a workflow waits for. */
async function pendingOf(handle: WorkflowHandle): Promise<readonly unknown[]> {
  const { pendingActivities, pendingChildren } = (await handle.describe()).raw;
  return [
    ...(pendingActivities ?? []).map(({ activityType }) => activityType?.name),
    ...(pendingChildren ?? []).map(({ workflowTypeName }) => workflowTypeName),
  ];
}
