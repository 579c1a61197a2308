import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { findDecision, listAudit, recordDecision } from '../../db/audit.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { endCycle } from '../../db/cycles/phases.ts';
import { endSession, getSession } from '../../db/labels/sessions.ts';
import { openLabelSession } from '../server/session.ts';
import { openDatabase } from './database.ts';
import { PROJECT } from './fixture.ts';

let db: Db;
let cycle: Cycle;
let session: string;
beforeEach(async () => {
  ({ db } = await openDatabase());
  ({ cycle, session } = await openLabelSession(db));
});

test('a decision is one row however often it is recorded, also by several at once, and the first one stands', async () => {
  const decision = { approved: true, who: 'grace', why: 'read it' };
  await Promise.all(Array.from({ length: 8 }, () => recordDecision(db, cycle, decision)));
  assert.equal(await findDecision(db, { ...cycle, number: 2 }), null);
  const other = { approved: false, who: 'alan', why: 'no' };
  assert.deepEqual(await recordDecision(db, cycle, other), decision, 'and is answered');
  assert.deepEqual(await findDecision(db, cycle), decision);
  const rows = await listAudit(db, { project: PROJECT, subject: cycle.key });
  assert.deepEqual(
    rows.map(({ who, action, subject, detail }) => ({ who, action, subject, detail })),
    [{ who: 'grace', action: 'approve', subject: 'demo/1', detail: { why: 'read it' } }],
  );
  assert.ok(Math.abs(Date.parse(rows[0]!.at) - Date.now()) < 60_000, 'and when');
});

test('the sessions of a cycle end with it, whatever ended it, and only then', async () => {
  const at = { project: PROJECT, session };
  await assert.rejects(endSession(db, { ...at, who: 'eva' }), { name: 'SessionOfCycleError' });
  assert.equal((await getSession(db, at)).state, 'open');
  await endCycle(db, cycle);
  await endCycle(db, cycle);
  assert.equal((await getSession(db, at)).state, 'closed');
});
