import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { aliasHistory, moveAlias, standsAt } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, updateCycle } from '../../db/cycles/cycles.ts';
import { listExamples } from '../../db/data/datasets.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { pendingRollouts } from '../../db/runs/runs.ts';
import { findWatch, listObservations, recordObservations } from '../../db/cycles/watches.ts';
import { openDatabase } from '../db/database.ts';
import {
  cycleAtGate,
  freshProject,
  gateActivities,
  measureRun,
  planted,
  runGate,
  type World,
} from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

/** A promotion under watch, with fresh conversations in its dataset since. */
async function promoted(watch: object = {}) {
  const { project, version, grow } = await freshProject(db, 160);
  const fields = { watch: { batch: 30, ...watch } };
  const cycle = await cycleAtGate(db, { project, version, fields });
  await runGate(db, cycle, planted(0.4));
  await gateActivities(db).promoteAlias({ ref: cycle, approvedBy: null });
  await updateCycle(db, cycle, { outcome: 'promoted' });
  const grown = await grow(400);
  await gateActivities(db).openWatch(cycle);
  return { cycle, project, version, grown, at: { project, prompt: 'router', alias: 'production' } };
}

const ref = ({ project, cycle, number }: Cycle) => ({ project, cycle, number });

/** One turn of the watch in a world. */
async function turnOf(cycle: Cycle, turn: number, world: World) {
  const activities = gateActivities(db);
  const { run, total } = await activities.planWatch({ ref: ref(cycle), turn });
  const again = await activities.planWatch({ ref: ref(cycle), turn });
  assert.deepEqual(again, { run, total }, 'a retry plans nothing anew');
  await measureRun(db, { cycle, run }, world);
  const status = await activities.observeWatch({ ref: ref(cycle), run });
  return { run, total, status };
}

const WORSE = planted(-0.5, 0.9);

test('a promotion and its watch are on record together; one that lost its race has none', async () => {
  const { project, version } = await freshProject(db, 160);
  const fields = { watch: {} };
  const first = await cycleAtGate(db, { project, version, name: 'first', fields });
  const second = await cycleAtGate(db, { project, version, name: 'second', fields });
  for (const [cycle, superseded] of [
    [first, false],
    [second, true],
  ] as const) {
    await gateActivities(db).freezeGate(ref(cycle));
    const moved = await gateActivities(db).promoteAlias({ ref: cycle, approvedBy: null });
    assert.equal(moved.superseded, superseded, moved.why);
    assert.equal((await findWatch(db, cycle)) === null, superseded);
  }
});

test('a promoted prompt that is worse is rolled back by itself, with its reason in the history', async () => {
  const { cycle, at } = await promoted();
  let turn = 0;
  for (; turn < 5; turn += 1) {
    const { status } = await turnOf(cycle, turn, WORSE);
    if (status.ended) break;
  }
  const observed = await listObservations(db, cycle);
  assert.ok(observed.length < 150, `${observed.length} conversations`);
  assert.equal(await standsAt(db, at), 1);
  const last = (await aliasHistory(db, at)).at(-1);
  assert.deepEqual(
    [last?.from, last?.to, last?.rollback, last?.override, last?.who],
    [2, 1, true, false, 'watch of demo/1'],
  );
  assert.match(
    last?.why ?? '',
    /E = [\d.e+]+ after \d+ conversations reached 20: worse than its predecessor/,
  );
  assert.equal(last?.evidence?.length, 64);
  const after = await gateActivities(db).observeWatch({ ref: ref(cycle), run: 'watch/demo/1/9' });
  assert.deepEqual([after.ended, after.outcome], [true, 'rolled-back']);
  assert.equal((await aliasHistory(db, at)).length, 3, 'a retry rolls nothing back again');
});

test('both prompts run side by side on conversations that came after the cycle, one observation each, none of them sealed', async () => {
  const { cycle, project, version } = await promoted();
  const old = new Set(
    (await listExamples(db, { project, version, parts: ['train', 'validation'] })).map((r) => r.id),
  );
  const sealed = new Set(
    (await listMemberships(db, { project, parts: ['sealed'] })).map((m) => m.conversation),
  );
  const { run, total } = await gateActivities(db).planWatch({ ref: ref(cycle), turn: 0 });
  assert.equal(total, 60);
  const rows = await pendingRollouts(db, { project, run, from: 0, to: 60 });
  assert.deepEqual(
    rows.slice(0, 4).map(({ arm }) => arm),
    ['predecessor', 'promoted', 'predecessor', 'promoted'],
  );
  assert.equal(rows[0]?.example.id, rows[1]?.example.id);
  assert.notEqual(rows[0]?.prompts['router'], rows[1]?.prompts['router']);
  assert.ok(rows.every(({ example }) => !old.has(example.id) && !sealed.has(example.conversation)));
  await measureRun(db, { cycle, run }, planted(0));
  const { observations } = await gateActivities(db).observeWatch({ ref: ref(cycle), run });
  assert.equal(observations, 30);
  const next = await turnOf(cycle, 1, planted(0));
  assert.equal(next.status.observations, 60, 'no conversation twice');
});

const lost: World = (cell) => (cell.place % 5 === 0 ? 'missing' : planted(0)(cell));

test('a prompt that is as good holds to the end of its window, and what is missing is no observation', async () => {
  const { cycle, at } = await promoted();
  const { status } = await turnOf(cycle, 0, lost);
  assert.deepEqual([status.observations, status.ended], [24, false]);
  const later = gateActivities(db, () => Date.now() + 8 * 86_400_000);
  const ended = await later.observeWatch({ ref: ref(cycle), run: 'none' });
  assert.deepEqual([ended.ended, ended.outcome], [true, 'held']);
  assert.equal(await standsAt(db, at), 2);
});

test('the watch ends after the most conversations it may use', async () => {
  const { cycle } = await promoted({ most: 10 });
  const { total, status } = await turnOf(cycle, 0, planted(0));
  assert.deepEqual([total, status.observations, status.outcome], [20, 10, 'held']);
});

test('an alias that a person moved ends the watch, and nothing is overwritten', async () => {
  const { cycle, at } = await promoted();
  await moveAlias(db, { ...at, expected: 2, to: 1, who: 'ada', why: 'by hand' });
  const { status } = await turnOf(cycle, 0, WORSE);
  assert.equal(status.outcome, 'superseded');
  assert.equal((await aliasHistory(db, at)).at(-1)?.who, 'ada');
});

test('randomized traffic rolls back too, one observation a conversation, whatever is sent twice', async () => {
  const { cycle, at } = await promoted();
  // Half the traffic gets each prompt; the old one always passes, the new one never: d = -score / 0.5 / 2 for the old.
  const traffic = Array.from({ length: 400 }, (_, i) => ({
    conversation: `live-${i}`,
    kind: 'traffic' as const,
    difference: i % 2 === 0 ? -1 : 0,
    tolerance: 0.025,
  }));
  assert.equal(await recordObservations(db, cycle, traffic.slice(0, 60)), 60);
  assert.equal(await recordObservations(db, cycle, traffic.slice(0, 60)), 0);
  const status = await gateActivities(db).observeWatch({ ref: ref(cycle), run: 'none' });
  assert.equal(status.outcome, 'rolled-back');
  assert.equal(await standsAt(db, at), 1);
  assert.equal(await recordObservations(db, cycle, traffic), 0, 'an ended watch takes no more');
});

test('a watch that a person stops leaves the alias where it stands', async () => {
  const { cycle, at } = await promoted();
  const { outcome } = await gateActivities(db).stopWatch(ref(cycle));
  assert.equal(outcome, 'stopped');
  assert.equal(await standsAt(db, at), 2);
  const { total } = await gateActivities(db).planWatch({ ref: ref(cycle), turn: 0 });
  assert.equal(total, 0);
});
