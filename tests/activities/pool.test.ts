import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Db } from '../../db/connect.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { unsealExamples } from '../../db/data/datasets.ts';
import { getFreeze } from '../../db/cycles/gate.ts';
import { gateRunsOf } from '../../db/cycles/pool.ts';
import { loadGateRows } from '../../db/cycles/gate-records.ts';
import { countRollouts } from '../../db/runs/runs.ts';
import { exportRows, gateInputOf } from '../../domain/promote/gate-export.ts';
import { decideGate } from '../../domain/promote/gate.ts';
import { openDatabase } from '../db/database.ts';
import {
  cycleAtGate,
  freshProject,
  planted,
  pooledCycle,
  runGate,
  type World,
} from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

/** Gains and losses that nearly cancel: half of the examples pass under one arm, two thirds under the other. */
const mixed: World = ({ arm, place }) =>
  Number(arm === 'finalist' ? place % 3 !== 0 : place % 2 === 0);

/** An inconclusive gate over 130 conversations. */
async function inconclusive() {
  const { project, version, grow } = await freshProject(db, 130);
  const cycle = await cycleAtGate(db, { project, version });
  const report = await runGate(db, cycle, mixed);
  assert.equal(report.verdict, 'inconclusive');
  return { project, version, cycle, grow: () => grow(700), report };
}

test('fresh conversations decide beside the inconclusive part, as the next look; what was measured is not run again', async () => {
  const { cycle, grow, project, report: first } = await inconclusive();
  const pooled = await pooledCycle(db, cycle, await grow());
  const report = await runGate(db, pooled, planted(0.25));
  assert.deepEqual([report.look, report.alpha, report.verdict], [2, 0.0125, 'promote']);
  const [old, all] = [await getFreeze(db, cycle), await getFreeze(db, pooled)];
  assert.ok(old!.examples.every((id) => all!.examples.includes(id)));
  assert.equal(report.examples, all!.examples.length);
  assert.ok(report.examples > first.examples + 100);
  const { ok } = await countRollouts(db, { project, run: `${pooled.key}/gate` });
  assert.equal(ok, 2 * (all!.examples.length - old!.examples.length), 'only the fresh ones ran');
  assert.match(report.notes.join(' '), /pooled with the inconclusive part of demo\/1, as look 2/);
  // Every number of it from exported rows of both runs.
  const runs = await gateRunsOf(db, pooled);
  assert.deepEqual(runs, ['demo/1/gate', 'demo/2/gate']);
  const records = (await Promise.all(runs.map((run) => loadGateRows(db, { project, run })))).flat();
  const exported = {
    cycle: pooled.key,
    policy: pooled.spec.gate,
    policyHash: pooled.policyHash!,
    primary: 'routing',
    judge: { judge: pooled.judge, lower: 0.5, labels: 80 },
    ledgerStartsHere: false,
    pooled: cycle.key,
    report,
    rows: exportRows(records, 'routing'),
  };
  assert.deepEqual(decideGate(gateInputOf(exported)).report, report);
});

test('pooling is refused without fresh conversations, after another verdict, and once the part was opened', async () => {
  const { cycle, version, grow, project } = await inconclusive();
  await assert.rejects(pooledCycle(db, cycle, version), /holds no fresh sealed conversation/);
  const grown = await grow();
  const pooled = await pooledCycle(db, cycle, grown);
  await runGate(db, pooled, planted(0.4));
  const decided = await getCycle(db, pooled);
  assert.equal(decided.verdict, 'promote');
  await assert.rejects(pooledCycle(db, decided, grown), /only an inconclusive part is pooled/);
  await unsealExamples(db, { project, version, who: 'ada' });
  await assert.rejects(pooledCycle(db, cycle, grown), /were opened; a part is pooled as a whole/);
});

test('another policy, agent or model is another gate: nothing is pooled', async () => {
  const { cycle, grow } = await inconclusive();
  const gate = { ...cycle.spec.gate, margin: 0.01 };
  const changed = { ...cycle, spec: { ...cycle.spec, gate } };
  await assert.rejects(pooledCycle(db, changed, await grow()), /are not those of demo\/1/);
});
