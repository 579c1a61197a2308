import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { aliasHistory, rollbackAlias, standsAt } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { getCycle, updateCycle } from '../../db/cycles/cycles.ts';
import { writeReport } from '../../activities/cycle/report.ts';
import { openDatabase } from '../db/database.ts';
import { depsOver } from './deps.ts';
import { cycleAtGate, freshProject, gateActivities, measure, planted } from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

/** A cycle whose gate said promote. */
async function promotable() {
  const { project, version } = await freshProject(db, 240);
  const cycle = await cycleAtGate(db, { project, version });
  const activities = gateActivities(db);
  await activities.freezeGate(cycle);
  await measure(db, cycle, planted(0.25));
  await activities.decideGate(cycle);
  const alias = { project, prompt: 'router', alias: 'production' };
  return { cycle, activities, alias };
}

test('a cycle that failed after its alias moved is resumed: nothing is refused, and the alias moves no second time', async () => {
  const { cycle, activities, alias } = await promotable();
  const promote = () => activities.promoteAlias({ ref: cycle, approvedBy: null });
  assert.equal((await promote()).superseded, false);
  await activities.preflight(cycle);
  await rollbackAlias(db, { ...alias, who: 'ada', why: 'users complain' });
  await activities.preflight(cycle);
  assert.equal((await promote()).superseded, false, 'it has promoted, whatever came after');
  assert.equal(await standsAt(db, alias), 1);
  assert.equal((await aliasHistory(db, alias)).length, 3);
});

test('a cycle is resumed with the agent and the models that it began with, or not at all', async () => {
  const { cycle, activities } = await promotable();
  const { policyHash, models, agentFingerprint } = await getCycle(db, cycle);
  await updateCycle(db, cycle, { models: { ...models, agent: 'another' } });
  await assert.rejects(activities.preflight(cycle), /models changed .*agent: another then/);
  await updateCycle(db, cycle, { models, agentFingerprint: 'another' });
  await assert.rejects(activities.preflight(cycle), /agent `router` changed/);
  await updateCycle(db, cycle, { agentFingerprint });
  await activities.preflight(cycle);
  assert.equal((await getCycle(db, cycle)).policyHash, policyHash);
});

test('a cycle whose report cannot be made has not ended, and can be resumed', async () => {
  const { cycle } = await promotable();
  const ending = { ref: cycle, outcome: 'promoted', verdict: 'promote', why: 'better' } as const;
  await db
    .updateTable('cycle')
    .set({ incumbent: JSON.stringify({ router: 99 }) })
    .where('key', '=', cycle.key)
    .where('project', '=', cycle.project)
    .execute();
  await assert.rejects(writeReport(depsOver(db), ending), { name: 'NotFoundError' });
  const { state, outcome } = await getCycle(db, cycle);
  assert.deepEqual([state, outcome], ['running', null]);
});
