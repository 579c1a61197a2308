import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { gateExport } from '../../contracts/gate-export.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { updateCycle } from '../../db/cycles/cycles.ts';
import { freezeGate } from '../../db/cycles/gate.ts';
import { loadGateRows } from '../../db/cycles/gate-records.ts';
import { addArm, planRollouts, saveAssessments, saveRollouts } from '../../db/runs/runs.ts';
import { decideGate } from '../../domain/promote/gate.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { outputs, PROJECT, startCycle, startRun } from '../db/fixture.ts';
import { attuneHere } from './cli.ts';

let database: OpenDatabase;
let cycle: Cycle;
before(async () => {
  database = await openDatabase();
  cycle = await startCycle(database.db);
  await measureGate();
});

const ARMS = ['incumbent', 'finalist'] as const;

/** Both arms on the two sealed rows, one trial each, judged. */
async function measureGate(): Promise<void> {
  const { db } = database;
  const run = `${cycle.key}/gate`;
  const at = { project: PROJECT, run };
  await freezeGate(db, cycle, {
    run,
    judge: cycle.judge,
    incumbentHash: 'a',
    finalistHash: 'b',
    policyHash: 'p',
    keysOf: (rows) => rows.map(hashJson),
    hashOf: () => 'frozen',
  });
  await startRun(db, cycle, 'gate');
  for (const arm of ARMS) await addArm(db, { ...at, arm, texts: { router: arm } });
  const cells = ['sealed-1', 'sealed-2'].flatMap((example) =>
    ARMS.map((arm) => ({ arm, example, trial: 0 })),
  );
  await planRollouts(db, { ...at, cells });
  const rollouts = cells.map((cell, ordinal) => ({
    ...cell,
    run,
    ordinal,
    status: 'ok' as const,
    outputs: outputs('billing'),
    outputHash: hashJson(outputs('billing')),
    traceId: null,
    error: null,
    latencyMs: 5,
    price: 0,
  }));
  await saveRollouts(db, { project: PROJECT, rollouts });
  await saveAssessments(db, {
    ...at,
    assessments: cells.map(({ arm }, ordinal) => ({
      ordinal,
      scorer: cycle.judge,
      assessment: {
        name: 'routing',
        value: arm === 'finalist',
        score: Number(arm === 'finalist'),
        rationale: 'because of the plan',
        error: null,
        source: `judge:${cycle.judge}`,
        evidence: {},
      },
    })),
  });
}

const exporting = () =>
  attuneHere(['cycle', 'export-gate', cycle.key, '--json'], {
    DATABASE_URL: database.url,
    ATTUNE_PROJECT: PROJECT,
  });

test('scores of a gate are exported only once it has decided, and then without ids and texts', async () => {
  const early = await exporting();
  assert.deepEqual([early.code, early.out], [2, '']);
  assert.match(early.err, /once it has decided/);

  const { db } = database;
  const { report } = decideGate({
    policy: cycle.spec.gate,
    policyHash: 'p',
    look: 1,
    primary: 'routing',
    records: await loadGateRows(db, { project: PROJECT, run: `${cycle.key}/gate` }),
    trials: 1,
    judge: { kind: 'agreement', judge: cycle.judge, lower: null, labels: 0 },
  });
  await updateCycle(db, cycle, { policyHash: 'p', gateReport: report, verdict: report.verdict });
  const { code, out, err } = await exporting();
  assert.equal(code, 0, err);
  const exported = gateExport.parse(JSON.parse(out));
  assert.deepEqual(
    exported.rows.map(({ arm, cluster, example, trial, scores }) => {
      const place = `${cluster}/${example}/${trial}`;
      return [arm, place, scores['routing']];
    }),
    [
      ['incumbent', '1/1/0', 0],
      ['finalist', '1/1/0', 1],
      ['incumbent', '2/1/0', 0],
      ['finalist', '2/1/0', 1],
    ],
  );
  assert.doesNotMatch(out, /sealed-|c-sealed|message of|billing|because of the plan/);
});
