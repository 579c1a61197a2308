import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { getExamples } from '../../db/data/datasets.ts';
import { getFreeze } from '../../db/cycles/gate.ts';
import { listLabels, recordLabels } from '../../db/labels/labels.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { listItemContents } from '../../db/labels/items.ts';
import { closeSession, getSession, openSession } from '../../db/labels/sessions.ts';
import { openDatabase } from '../db/database.ts';
import {
  cycleAtGate,
  freshProject,
  gateActivities,
  measure,
  planted,
  type World,
} from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

/** A gate whose arms are measured and whose check is open. */
async function openCheck(world: World) {
  const { project, version } = await freshProject(db, 240);
  const cycle = await cycleAtGate(db, { project, version, gate: { peopleCheck: {} } });
  const activities = gateActivities(db);
  await activities.freezeGate(cycle);
  await measure(db, cycle, world);
  const opened = await activities.openCheck(cycle);
  return { cycle, at: { project, session: opened.id }, opened };
}

type At = { readonly project: string; readonly session: string };
type Item = Awaited<ReturnType<typeof listItemContents>>[number];

/** A person labels every output of the check, and the check is closed. */
async function label(at: At, valueOf: (item: Item) => boolean) {
  const items = await listItemContents(db, at);
  const lines = items.map((item) => ({
    trace_id: item.traceId,
    rater: 'ada',
    name: 'routing',
    rationale: 'a reason',
    value: valueOf(item),
  }));
  const request = { project: at.project, now: Date.now(), faultOf: () => null };
  const recorded = await recordLabels(db, { ...request, lines });
  await closeSession(db, { ...at, endedBy: 'target' });
  return { recorded, items, lines };
}

async function decided(cycle: Cycle) {
  await gateActivities(db).decideGate(cycle);
  return (await getCycle(db, cycle)).gateReport!;
}

const routeOf = ({ outputs }: Item) => outputs['route'] as string;

test('people who agree with the judge leave a promotion standing, with both figures and rates by arm', async () => {
  const { cycle, at, opened } = await openCheck(planted(0.25));
  assert.match(opened.id, /^demo\/1\/check$/);
  assert.equal(opened.counts.leastValues, 0);
  assert.equal((await getCycle(db, cycle)).gateReport, null, 'no score before people are done');
  await label(at, (item) => routeOf(item).endsWith(' 1'));
  const { verdict, people, notes } = await decided(cycle);
  assert.equal(verdict, 'promote');
  assert.equal(people?.clusters, 30);
  assert.ok((people?.corrected?.interval?.low ?? -1) > 0, JSON.stringify(people));
  assert.deepEqual(people?.rates.finalist, { truePositive: 1, trueNegative: 1 });
  assert.match(notes.join(' '), /People, blind to the arm, checked both outputs of 30 examples/);
  assert.doesNotMatch(notes.join(' '), /not checked by people/);
});

test('where people see a loss, the gain that the judge sees is rejected', async () => {
  const { cycle, at } = await openCheck(planted(0.25));
  await label(at, (item) => routeOf(item).startsWith('incumbent'));
  const { verdict, reasons, people } = await decided(cycle);
  assert.equal(verdict, 'reject');
  assert.match(reasons.join(), /corrected by people the upper bound is -/);
  assert.equal(people?.raw?.mean, -1);
});

test('nobody labelled: the gate is unmeasurable', async () => {
  const { cycle, at } = await openCheck(planted(0.25));
  await closeSession(db, { ...at, endedBy: 'deadline' });
  const { verdict, reasons } = await decided(cycle);
  assert.equal(verdict, 'unmeasurable');
  assert.match(reasons.join(), /labelled 0 of 30 conversations in full/);
});

test('sealed rows are shown in the open check alone; its labels are in no list, and membership stands', async () => {
  const { cycle, at } = await openCheck(planted(0.25));
  const parts = await listMemberships(db, { project: at.project });
  const sealed = (await getFreeze(db, cycle))!.examples;
  const { recorded, items, lines } = await label(at, () => true);
  assert.ok(recorded.every(({ state }) => state === 'created'));
  assert.ok(items.every((item) => sealed.includes(item.example)));
  assert.ok(items.every((item) => Object.keys(item).every((key) => !/arm|score/.test(key))));
  assert.deepEqual(await listItemContents(db, at), [], 'closed: shown no more');
  const { project } = at;
  assert.deepEqual(await listLabels(db, { project }), []);
  assert.deepEqual(await listLabels(db, { ...at, name: 'routing' }), []);
  assert.equal((await listLabels(db, { project, sealed: true })).length, items.length);
  const again = { project, lines, now: Date.now(), faultOf: () => null };
  await assert.rejects(recordLabels(db, again), /is sealed: nobody labels it/);
  const version = cycle.datasetVersion;
  await assert.rejects(getExamples(db, { project, version, ids: [sealed[0]!] }), {
    name: 'SealedError',
  });
  assert.deepEqual(await listMemberships(db, { project }), parts);
});

test('a check holds frozen rows only, and a round holds none of them', async () => {
  const { cycle, at } = await openCheck(planted(0));
  const [item] = await listItemContents(db, at);
  const session = {
    round: 2,
    judgeVersion: cycle.judge,
    ratersPerItem: 1,
    minimum: 1,
    target: 1,
    deadline: null,
    items: [{ ...item!, weight: null }],
  };
  await assert.rejects(openSession(db, cycle, session), { name: 'SealedError' });
  const stray = { ...session, kind: 'check' as const, items: [{ ...item!, example: 'm-0' }] };
  await assert.rejects(openSession(db, cycle, stray), { name: 'SealedError' });
});

test('a cycle that is resumed finds its session with the time that is left, or with how it ended', async () => {
  const { cycle, at, opened } = await openCheck(planted(0));
  const { deadline } = await getSession(db, at);
  const later = Date.parse(deadline!) - 60_000;
  assert.deepEqual(await gateActivities(db, () => later).openCheck(cycle), {
    ...opened,
    leftMs: 60_000,
  });
  await closeSession(db, { ...at, endedBy: 'signal' });
  assert.deepEqual(await gateActivities(db).openCheck(cycle), { ...opened, ended: 'signal' });
});
