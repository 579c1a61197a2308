import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { hashJson, hashText } from '../../contracts/hash.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, updateCycle } from '../../db/cycles/cycles.ts';
import { countParts, getExamples, listExamples, unsealExamples } from '../../db/data/datasets.ts';
import { freezeGate, getFreeze, mostLooks } from '../../db/cycles/gate.ts';
import { goldOutcomes } from '../../db/data/gold.ts';
import { recordLabels } from '../../db/labels/labels.ts';
import {
  addArm,
  loadOpenScores,
  loadResults,
  loadScores,
  pendingRollouts,
  planRollouts,
  saveRollouts,
} from '../../db/runs/runs.ts';
import { openSession } from '../../db/labels/sessions.ts';
import { traceRows } from '../../db/traces/rows.ts';
import { getTraces, saveTraces } from '../../db/traces/traces.ts';
import { openDatabase } from './database.ts';
import { importRows, outputs, PROJECT, ROWS, startCycle, startRun } from './fixture.ts';

let db: Db;
let cycle: Cycle;
beforeEach(async () => {
  ({ db } = await openDatabase());
  cycle = await startCycle(db);
});

const SEALED = { name: 'SealedError' };
const keysOf = (rows: readonly JsonObject[]) => rows.map(hashJson);

const freeze = (at: Cycle = cycle) =>
  freezeGate(db, at, {
    run: `${at.key}/gate`,
    judge: at.judge,
    incumbentHash: 'a',
    finalistHash: 'b',
    policyHash: 'p',
    keysOf,
    hashOf: (sealed) => hashText(sealed.join()),
  });

const cellsOf = (ids: readonly string[]) =>
  ids.map((id) => ({ arm: 'incumbent', example: id, trial: 0 }));

async function planGate(): Promise<{ project: string; run: string }> {
  await freeze();
  const run = await startRun(db, cycle, 'gate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
  await planRollouts(db, { ...at, cells: cellsOf(['sealed-1', 'sealed-2']) });
  return at;
}

test('reading examples refuses the sealed part, however it is asked for', async () => {
  const at = { project: PROJECT, version: cycle.datasetVersion };
  await assert.rejects(listExamples(db, { ...at, parts: ['sealed'] }), SEALED);
  await assert.rejects(listExamples(db, { ...at, parts: ['train', 'sealed'] }), SEALED);
  await assert.rejects(getExamples(db, { ...at, ids: ['train-1', 'sealed-1'] }), SEALED);
  const all = await listExamples(db, {
    ...at,
    parts: ['align-labels', 'judge-test', 'train', 'validation'],
  });
  assert.equal(all.length, 8);
  assert.ok(all.every((row) => row.part !== 'sealed'));
});

test('every kind of run but the gate refuses a sealed row, and plans nothing of its request', async () => {
  for (const kind of ['evaluate', 'verdicts', 'baseline', 'optimize'] as const) {
    const run = await startRun(db, cycle, kind);
    const at = { project: PROJECT, run: run.name };
    await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
    const planning = planRollouts(db, { ...at, cells: cellsOf(['train-1', 'sealed-1']) });
    await assert.rejects(planning, SEALED, kind);
    assert.deepEqual(await pendingRollouts(db, { ...at, from: 0, to: 10 }), []);
  }
});

test('the gate reads sealed rows only after its freeze, and then nothing else', async () => {
  const run = await startRun(db, cycle, 'gate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
  await assert.rejects(planRollouts(db, { ...at, cells: cellsOf(['sealed-1']) }), SEALED);
  await freeze();
  await planRollouts(db, { ...at, cells: cellsOf(['sealed-1']) });
  const [row] = await pendingRollouts(db, { ...at, from: 0, to: 10 });
  assert.deepEqual(row?.example.inputs, { message: 'message of sealed-1' });
  await assert.rejects(planRollouts(db, { ...at, cells: cellsOf(['train-1']) }), SEALED);
});

test('content of a gate leaves in no result, no trace, no session and no label', async () => {
  const at = await planGate();
  const result = outputs('billing');
  await saveTraces(db, {
    ...at,
    traces: [{ id: 't-1', status: 'OK', inputs: {}, outputs: result, spans: [] }],
  });
  await saveRollouts(db, {
    project: PROJECT,
    rollouts: [
      {
        ...cellsOf(['sealed-1'])[0]!,
        run: at.run,
        ordinal: 0,
        status: 'ok',
        outputs: result,
        outputHash: hashJson(result),
        traceId: 't-1',
        error: null,
        latencyMs: 1,
        price: 0,
      },
    ],
  });
  assert.equal((await loadScores(db, at)).length, 2);
  await assert.rejects(loadResults(db, at), SEALED);
  await assert.rejects(loadOpenScores(db, at), SEALED, 'nor a figure of one row to a person');
  await assert.rejects(getTraces(db, { project: PROJECT, ids: ['t-1'] }), SEALED);
  assert.deepEqual(await traceRows(db, { project: PROJECT, filter: null, limit: 10 }), []);
  const item = { example: 'sealed-1', outputHash: hashJson(result), traceId: 't-1' };
  const opening = openSession(db, cycle, {
    round: 1,
    judgeVersion: cycle.judge,
    ratersPerItem: 1,
    minimum: 1,
    target: 1,
    deadline: null,
    items: [{ ...item, weight: 1, reason: 'all' }],
  });
  await assert.rejects(opening, SEALED);
  const line = { trace_id: 't-1', rater: 'ada', name: 'routing', value: true };
  const labelling = recordLabels(db, {
    project: PROJECT,
    lines: [line, { ...line, rater: 'ben' }],
    now: 0,
    faultOf: () => null,
  });
  await assert.rejects(
    labelling,
    /label 1: row `sealed-1` is sealed: nobody labels it, nor the rows of 1 more of these labels; those that `attune dataset show` lists/,
  );
});

test('sealed gold appears only once the verdict stands, and without ids', async () => {
  const gold = Object.fromEntries(ROWS.map((row) => [row.id, 'billing']));
  await importRows(db, ROWS, { gold });
  const at = await planGate();
  const rollouts = (['billing', 'plans'] as const).map((route, ordinal) => ({
    ...cellsOf([`sealed-${ordinal + 1}`])[0]!,
    run: at.run,
    ordinal,
    status: 'ok' as const,
    outputs: outputs(route),
    outputHash: hashJson(outputs(route)),
    traceId: null,
    error: null,
    latencyMs: 1,
    price: 0,
  }));
  await saveRollouts(db, { project: PROJECT, rollouts });
  await assert.rejects(goldOutcomes(db, { ...at, output: 'route' }), SEALED);
  await updateCycle(db, cycle, { verdict: 'promote' });
  assert.deepEqual(await goldOutcomes(db, { ...at, output: 'route' }), [
    { arm: 'incumbent', example: 1, cluster: 1, trial: 0, correct: true },
    { arm: 'incumbent', example: 2, cluster: 2, trial: 0, correct: false },
  ]);
});

test('a freeze that is repeated is the same freeze and the same look', async () => {
  const first = await freeze();
  const again = await freeze();
  assert.deepEqual(again, first);
  assert.equal(first.look, 1);
  assert.equal(first.ledgerStartsHere, true);
  assert.deepEqual(first.examples, ['sealed-1', 'sealed-2']);
  await assert.rejects(
    db.updateTable('sealed_freeze').set({ look: 1 }).execute(),
    /append-only: update refused/,
  );
});

test('looks are counted by content and span the projects of a database', async () => {
  await freeze();
  const other = await startCycle(db, { project: 'another' });
  const second = await freeze(other);
  assert.equal(second.look, 2);
  assert.equal(second.ledgerStartsHere, false);
  assert.equal(await mostLooks(db, keysOf([{ message: 'message of sealed-1' }])), 2);
  assert.equal(await mostLooks(db, keysOf([{ message: 'message of train-1' }])), 0);
});

test('gates that are frozen at once on the same content get different looks', async () => {
  const cycles = await Promise.all(
    ['p1', 'p2', 'p3', 'p4'].map((project) => startCycle(db, { project })),
  );
  const frozen = await Promise.all(cycles.map(freeze));
  assert.deepEqual(
    frozen.map(({ look }) => look).sort((a, b) => a - b),
    [1, 2, 3, 4],
  );
});

test('opening sealed rows shows them and retires them: no gate uses them any more', async () => {
  const at = { project: PROJECT, version: cycle.datasetVersion };
  const opened = await unsealExamples(db, { ...at, who: 'ada' });
  assert.deepEqual(
    opened.map((row) => row.id),
    ['sealed-1', 'sealed-2'],
  );
  assert.equal((await countParts(db, at)).sealed?.retired, 2);
  assert.deepEqual((await freeze()).examples, []);
  assert.equal((await getFreeze(db, cycle))?.look, 1);
});
