import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { endCycle } from '../../db/cycles/phases.ts';
import { getFreeze } from '../../db/cycles/gate.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { openDatabase } from '../db/database.ts';
import {
  cycleAtGate,
  freshProject,
  gateActivities,
  importMessages,
  messages,
  planted,
  runGate,
} from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

/** A project with conversations of its own, one look at its sealed part spent on a gain that is not there. */
async function lookedAt() {
  const { project, from, rows, version, grow } = await freshProject(db, 120);
  const cycle = await cycleAtGate(db, { project, version });
  const report = await runGate(db, cycle, planted(0));
  assert.equal(report.look, 1);
  return { project, from, rows, version, grow, cycle, sealed: await partOf(project) };
}

const partOf = async (project: string): Promise<readonly string[]> =>
  (await listMemberships(db, { project, parts: ['sealed'] })).map((at) => at.conversation);

async function nextLook(staged: Parameters<typeof cycleAtGate>[1]) {
  const cycle = await cycleAtGate(db, staged);
  const report = await runGate(db, cycle, planted(0.25));
  return { cycle, report };
}

const examplesOf = async (cycle: Cycle) => (await getFreeze(db, cycle))!.examples;

test('another seed: the same rows are sealed, and the look counts', async () => {
  const { project, version, cycle } = await lookedAt();
  const fields = { optimize: { seed: 99 }, split: { sealed: 0.1 } };
  const next = await nextLook({ project, version, name: 'seeded', fields });
  assert.deepEqual([next.report.look, next.report.alpha], [2, 0.05 / 4]);
  assert.deepEqual(await examplesOf(next.cycle), await examplesOf(cycle));
});

test('a renamed dataset: membership stands, and the look counts', async () => {
  const { project, rows, sealed } = await lookedAt();
  const version = await importMessages(db, rows, { project, name: 'renamed', salt: 'another' });
  assert.deepEqual(await partOf(project), sealed);
  assert.equal((await nextLook({ project, version, name: 'renamed' })).report.look, 2);
});

test('a copied dataset with new ids: each copy shares the part of its original, and the look counts', async () => {
  const { project, from, sealed } = await lookedAt();
  const copies = messages(from, from + 120, (id) => `copy-of-${id}`);
  const version = await importMessages(db, copies, { project, name: 'copy' });
  const copied = (await partOf(project)).filter((id) => id.startsWith('c-copy-of-'));
  assert.deepEqual(copied.toSorted(), sealed.map((id) => `c-copy-of-${id.slice(2)}`).toSorted());
  assert.equal((await nextLook({ project, version, name: 'copy' })).report.look, 2);
});

test('a copy in another project, with another salt: what was looked at there was looked at', async () => {
  const { rows } = await lookedAt();
  const project = 'other';
  const version = await importMessages(db, rows, { project, salt: 'another' });
  assert.equal((await nextLook({ project, version })).report.look, 2);
});

test('deleted and imported again: the database refuses the deletion, the rows are the version they were', async () => {
  const { project, rows, version, sealed } = await lookedAt();
  for (const table of ['membership', 'gate_look', 'sealed_freeze', 'dataset_row'])
    await assert.rejects(
      sql`delete from ${sql.table(table)} where project = ${project}`.execute(db),
      /append-only: delete refused/,
      table,
    );
  assert.equal(await importMessages(db, rows, { project }), version);
  assert.deepEqual(await partOf(project), sealed);
  assert.equal((await nextLook({ project, version, name: 'again' })).report.look, 2);
});

test('a cancelled gate: the look was charged when it started; a resume is the same look', async () => {
  const { project, version } = await lookedAt();
  const cancelled = await cycleAtGate(db, { project, version, name: 'cancelled' });
  const activities = gateActivities(db);
  assert.equal((await activities.freezeGate(cancelled)).look, 2);
  assert.equal((await activities.freezeGate(cancelled)).look, 2, 'a resume');
  await endCycle(db, cancelled);
  assert.equal((await nextLook({ project, version, name: 'after' })).report.look, 3);
});

test('a grown dataset: what was sealed stays, and the part takes the largest look among its members', async () => {
  const { project, from, cycle, sealed, grow } = await lookedAt();
  const version = await grow(240);
  const now = await partOf(project);
  assert.deepEqual(now.slice(0, sealed.length), sealed);
  assert.ok(now.length > sealed.length, 'some of the fresh conversations are sealed');
  const next = await nextLook({ project, version, name: 'grown' });
  assert.equal(next.report.look, 2);
  const earlier = await examplesOf(cycle);
  const later = await examplesOf(next.cycle);
  assert.ok(earlier.every((id) => later.includes(id)));
  // The fresh rows alone cannot pass for a first look: they stood in the second.
  const more = messages(from + 120, from + 240);
  const alone = await importMessages(db, more, { project, name: 'fresh-only' });
  assert.equal((await nextLook({ project, version: alone, name: 'alone' })).report.look, 3);
});

test('the first gate of a database says that its ledger starts there, and no later one does', async () => {
  const own = (await openDatabase()).db;
  const version = await importMessages(own, messages(0, 120));
  const notes = [];
  for (const name of ['first', 'second']) {
    const cycle = await cycleAtGate(own, { version, name });
    notes.push((await runGate(own, cycle, planted(0))).notes.join(' '));
  }
  assert.match(notes[0] ?? '', /ledger of looks starts here/);
  assert.doesNotMatch(notes[1] ?? '', /ledger of looks/);
});
