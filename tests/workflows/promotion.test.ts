import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities, type CycleRef } from '../../activities/index.ts';
import type { WatchTurn } from '../../activities/promote/watch.ts';
import type { CycleResult } from '../../contracts/progress.ts';
import { cycleWorkflowId, QUEUE, watchWorkflowId } from '../../contracts/temporal.ts';
import { watchPolicy } from '../../contracts/watch.ts';
import { aliasHistory, standsAt } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { getReport } from '../../db/cycles/reports.ts';
import {
  getWatch,
  listObservations,
  openWatch,
  recordObservations,
} from '../../db/cycles/watches.ts';
import { approvePromotion, progress, rejectPromotion } from '../../workflows/messages.ts';
import { depsOver } from '../activities/deps.ts';
import {
  cycleAtGate,
  importMessages,
  measure,
  messages,
  planted,
} from '../activities/gate-stage.ts';
import { openDatabase } from '../db/database.ts';
import { startSkipping } from './skipping.ts';

let db: Db;
let skipping: Awaited<ReturnType<typeof startSkipping>>;

const handleOf = ({ project, cycle, number }: CycleRef) =>
  skipping.environment.client.workflow.getHandle(cycleWorkflowId(project, cycle, number));

/** Projects in which nothing can be planned for a watch. */
const faults = new Set<string>();

/** The activities of the worker from the gate on; what is before it was done, and both arms answer without agent and judge. */
function fromGate() {
  const real = createActivities(depsOver(db));
  return {
    ...real,
    preflight: async (ref: CycleRef) => ({ ...(await real.preflight(ref)), pooled: true }),
    enterPhase: async (of: Parameters<typeof real.enterPhase>[0]) => {
      if (of.ref.cycle === 'slow-record') await setTimeout(500);
      return real.enterPhase(of);
    },
    planWatch: async (turn: WatchTurn) => {
      if (faults.has(turn.ref.project)) throw ApplicationFailure.nonRetryable('the data are gone');
      return real.planWatch(turn);
    },
    freezeGate: async (ref: CycleRef) => {
      const { run, look } = await real.freezeGate(ref);
      await measure(db, await getCycle(db, ref), planted(0.25));
      return { run, look, total: 0 };
    },
    decideGate: async (ref: CycleRef) => {
      if (ref.cycle !== 'cancelled-in-gate') return real.decideGate(ref);
      await handleOf(ref).cancel();
      throw new Error('the worker hears no answer');
    },
  };
}

const none = async () => undefined;
before(async () => {
  ({ db } = await openDatabase());
  skipping = await startSkipping({
    main: fromGate(),
    model: { checkModels: none },
    agent: { canary: none },
  });
});
after(() => skipping.stop());

const LIMIT = { timeout: 90_000 };

let used = 0;
/** A cycle of its own, running from its gate on, whose promotion a person approves within seven days. */
async function begin(name: string, at?: Pick<Cycle, 'project' | 'datasetVersion'>) {
  used += 1;
  const project = at?.project ?? `p-${used}`;
  const rows = messages(used * 1000, used * 1000 + 240);
  const version = at?.datasetVersion ?? (await importMessages(db, rows, { project }));
  const fields = { approval: { needed: true, deadline: '7d' } };
  const cycle = await cycleAtGate(db, { project, version, name, fields });
  const handle = await skipping.environment.client.workflow.start('cycleWorkflow', {
    taskQueue: QUEUE.main,
    workflowId: cycleWorkflowId(project, name, cycle.number),
    args: [{ project, cycle: name, number: cycle.number }],
  });
  return { cycle, handle, alias: { project, prompt: 'router', alias: 'production' } };
}

type Begun = Awaited<ReturnType<typeof begin>>;
const endOf = async ({ handle }: Begun) => (await handle.result()) as CycleResult;
/** Until the gate has said promote; no day passes. */
async function waitsForApproval({ handle }: Begun): Promise<void> {
  const until = performance.now() + 60_000;
  while ((await handle.query(progress)).phase !== 'approve') {
    assert.ok(performance.now() < until, 'the phase approve in time');
    await setTimeout(50);
  }
}
const memberships = ({ cycle }: Begun) => listMemberships(db, { project: cycle.project });

test(
  'nobody approves within seven days: declined, the alias stays, and the report says why',
  LIMIT,
  async () => {
    const begun = await begin('late');
    const { outcome, verdict } = await endOf(begun);
    assert.deepEqual([outcome, verdict], ['declined', 'promote']);
    assert.equal((await aliasHistory(db, begun.alias)).length, 1);
    const { phases } = (await getReport(db, begun.cycle))!;
    assert.equal(phases.at(-1)?.note, 'nobody approved in time');
  },
);

test('a phase that the workflow tells of is on record already', LIMIT, async () => {
  const begun = await begin('slow-record');
  await waitsForApproval(begun);
  assert.equal((await getCycle(db, begun.cycle)).phase, 'approve');
  await begun.handle.cancel();
  await endOf(begun);
});

test(
  'a person who approves on the sixth day moves the alias by right; a decision without a name is refused',
  LIMIT,
  async () => {
    const begun = await begin('sixth-day');
    await waitsForApproval(begun);
    await skipping.environment.sleep('6 days');
    const decide = (who: string) =>
      begun.handle.executeUpdate(approvePromotion, { args: [{ who, why: 'read it' }] });
    await assert.rejects(decide(''), (error: Error) =>
      /say who decides/.test((error.cause as Error).message),
    );
    await decide('grace');
    assert.equal((await endOf(begun)).outcome, 'promoted');
    const last = (await aliasHistory(db, begun.alias)).at(-1);
    assert.deepEqual([last?.to, last?.who, last?.override], [2, 'grace', false]);
  },
);

const VETO = { who: 'grace', why: 'too terse' };

test(
  'a person can only veto: who declines leaves the verdict as it is and the alias where it stands',
  LIMIT,
  async () => {
    const begun = await begin('vetoed');
    await waitsForApproval(begun);
    await begun.handle.executeUpdate(rejectPromotion, { args: [VETO] });
    const { outcome, verdict } = await endOf(begun);
    assert.deepEqual([outcome, verdict], ['declined', 'promote']);
    assert.equal(await standsAt(db, begun.alias), 1);
  },
);

test(
  'a cycle cancelled in its gate, or while it waits for approval: each look stays charged, membership stays',
  LIMIT,
  async () => {
    const inGate = await begin('cancelled-in-gate');
    const sealed = await memberships(inGate);
    assert.equal((await endOf(inGate)).outcome, 'cancelled');
    const waiting = await begin('cancelled', inGate.cycle);
    await waitsForApproval(waiting);
    await waiting.handle.cancel();
    assert.equal((await endOf(waiting)).outcome, 'cancelled');
    const next = await begin('next', inGate.cycle);
    await waitsForApproval(next);
    await next.handle.executeUpdate(rejectPromotion, { args: [VETO] });
    await endOf(next);
    const looks = [waiting, next].map(
      async ({ cycle }) => (await getCycle(db, cycle)).gateReport?.look,
    );
    assert.deepEqual(await Promise.all(looks), [2, 3]);
    assert.deepEqual(await memberships(next), sealed);
    assert.equal(await standsAt(db, next.alias), 1);
  },
);

test(
  'a watch that fails says why in its row; started again, it goes on with what it had seen',
  LIMIT,
  async () => {
    const begun = await begin('watched');
    const { cycle, handle } = begun;
    await waitsForApproval(begun);
    await handle.executeUpdate(approvePromotion, { args: [{ who: 'grace', why: 'read it' }] });
    await handle.result();
    await openWatch(db, cycle, watchPolicy.parse({ most: 1 }));
    const seen = { conversation: 'c', kind: 'pair', difference: 0.1, tolerance: 0.05 } as const;
    await recordObservations(db, cycle, [seen]);
    const { project, number } = cycle;
    const watch = () =>
      skipping.environment.client.workflow.start('watchWorkflow', {
        taskQueue: QUEUE.main,
        workflowId: watchWorkflowId(project, 'watched', number),
        args: [{ ref: { project, cycle: 'watched', number }, turn: 0 }],
      });
    faults.add(project);
    await assert.rejects((await watch()).result(), { name: 'WorkflowFailedError' });
    const failed = await getWatch(db, cycle);
    assert.deepEqual([failed.state, failed.why], ['failed', 'the data are gone']);
    faults.delete(project);
    const { observations, outcome } = await (await watch()).result();
    assert.deepEqual([observations, outcome], [1, 'held']);
    assert.equal((await listObservations(db, cycle)).length, 1);
  },
);
