import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Db } from '../../db/connect.ts';
import { countParts, getExamples, listExamples, unsealExamples } from '../../db/data/datasets.ts';
import { getFreeze } from '../../db/cycles/gate.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { addArm, createRun, pendingRollouts, planRollouts } from '../../db/runs/runs.ts';
import { openDatabase } from '../db/database.ts';
import { cycleAtGate, importMessages, messages, planted, runGate } from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

test('an opened part is spent: its rows may be tuned on, and fresh conversations are sealed in its place', async () => {
  const first = messages(0, 160);
  const version = await importMessages(db, first);
  const cycle = await cycleAtGate(db, { version });
  await runGate(db, cycle, planted(0));
  const looked = (await getFreeze(db, cycle))!.examples;
  const parts = await listMemberships(db, { project: 'p' });
  const train = await listExamples(db, { project: 'p', version, parts: ['train'] });

  await unsealExamples(db, { project: 'p', version, who: 'ada' });
  assert.deepEqual(await listMemberships(db, { project: 'p' }), parts, 'membership stands');
  const grown = await listExamples(db, { project: 'p', version, parts: ['train'] });
  assert.equal(grown.length, train.length + looked.length);
  assert.ok(grown.every(({ part }) => part === 'train'));
  const [row] = await getExamples(db, { project: 'p', version, ids: [looked[0]!] });
  assert.equal(row?.part, 'train');
  assert.equal((await countParts(db, { project: 'p', version })).sealed?.open, 0);

  const ref = { project: 'p', cycle: cycle.cycle, number: cycle.number };
  const run = { project: 'p', run: `${cycle.key}/optimize` };
  await createRun(db, {
    ref,
    name: run.run,
    kind: 'optimize',
    scorers: [cycle.judge],
    agent: 'router',
    agentFingerprint: 'f',
    models: {},
  });
  await addArm(db, { ...run, arm: 'candidate', texts: { router: 'one' } });
  await planRollouts(db, { ...run, cells: [{ arm: 'candidate', example: looked[0]!, trial: 0 }] });
  assert.equal((await pendingRollouts(db, { ...run, from: 0, to: 1 })).length, 1);

  const more = await importMessages(db, [...first, ...messages(1_000, 1_160)]);
  const next = await cycleAtGate(db, { version: more, name: 'fresh' });
  const report = await runGate(db, next, planted(0.4));
  const fresh = (await getFreeze(db, next))!.examples;
  assert.ok(fresh.length > 40, `${fresh.length} fresh ones`);
  assert.deepEqual(
    fresh.filter((id) => looked.includes(id)),
    [],
  );
  assert.deepEqual([report.look, report.verdict], [1, 'promote'], 'nobody looked at these before');
});
