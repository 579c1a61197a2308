import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { CycleReport } from '../../contracts/report.ts';
import { getAgent, listAgents, registerAgents } from '../../db/versions/agents.ts';
import { listCandidates, saveCandidates } from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import {
  type EngineStep,
  getReplies,
  getStep,
  lastStep,
  saveReply,
  saveStep,
} from '../../db/engines/engine.ts';
import { createJudgeVersion, getJudge, listJudges } from '../../db/versions/judges.ts';
import { getReport, saveReport } from '../../db/cycles/reports.ts';
import { getTexts, putTexts } from '../../db/versions/texts.ts';
import { openDatabase } from './database.ts';
import { DEFINITION, PROJECT, startCycle } from './fixture.ts';

let db: Db;
const AT = { project: PROJECT, run: 'demo/1/optimize' };
beforeEach(async () => {
  ({ db } = await openDatabase());
  await startCycle(db);
});

const step = (turn: number, changes: Partial<EngineStep> = {}): EngineStep => ({
  turn,
  state: { z: [turn], a: 1.25 },
  events: [{ kind: 'seed' }],
  asks: [{ id: '1' }],
  done: false,
  result: null,
  from: 0,
  to: 4,
  ...changes,
});

test('a turn is written once: of two attempts the first counts and the second is told so', async () => {
  assert.equal(await getStep(db, { ...AT, turn: 0 }), null);
  const first = await saveStep(db, { ...AT, step: step(0) });
  const second = await saveStep(db, { ...AT, step: step(0, { done: true }) });
  assert.deepEqual([first.written, second.written], [true, false]);
  await saveStep(db, { ...AT, step: step(1, { done: true, result: { best: 'x' } }) });
  assert.deepEqual(await getStep(db, { ...AT, turn: 0 }), step(0));
  assert.deepEqual(await lastStep(db, AT), step(1, { done: true, result: { best: 'x' } }));
});

test('the first reply to an ask stays', async () => {
  await saveReply(db, { ...AT, ask: '1', reply: { ok: 1 } });
  await saveReply(db, { ...AT, ask: '1', reply: { ok: 2 } });
  await saveReply(db, { ...AT, ask: '2', reply: { unscored: 'x' } });
  assert.deepEqual(await getReplies(db, { ...AT, asks: ['1', '3'] }), { '1': { ok: 1 } });
  assert.equal(Object.keys(await getReplies(db, AT)).length, 2);
});

test('a candidate keeps its place and parents while its validation and its fronts become known', async () => {
  const seed = {
    hash: 'h0',
    position: 0,
    parents: [],
    prompts: { router: 'x' },
    validation: null,
    fronts: [],
    discoveredAt: 0,
    length: 10,
  };
  const child = { ...seed, hash: 'h1', position: 1, parents: ['h0', 'h2'], validation: 0.5 };
  await saveCandidates(db, { ...AT, candidates: [child, seed] });
  await saveCandidates(db, {
    ...AT,
    candidates: [{ ...seed, validation: 0.25, fronts: ['v1'], position: 9 }],
  });
  assert.deepEqual(await listCandidates(db, AT), [
    { ...seed, validation: 0.25, fronts: ['v1'] },
    child,
  ]);
});

test('texts are kept by content, and a missing one is named', async () => {
  const hashes = await putTexts(db, { project: PROJECT, texts: ['b', 'a', 'b'] });
  assert.equal(hashes[0], hashes[2]);
  const texts = await getTexts(db, { project: PROJECT, hashes });
  assert.deepEqual(
    hashes.map((hash) => texts[hash]),
    ['b', 'a', 'b'],
  );
  await assert.rejects(getTexts(db, { project: PROJECT, hashes: ['none'] }), /text `none`/);
});

test('an equal judge is the same version; folds take no number and stay out of lists', async () => {
  const memory = {
    guidelines: [],
    snapshots: [],
    embedding: { model: 'local', dimension: 2 },
    vectors: {},
    shown: 5,
  };
  const make = (kind: 'version' | 'fold', shown: number) =>
    createJudgeVersion(db, {
      project: PROJECT,
      definition: DEFINITION,
      memory: { ...memory, shown },
      kind,
    });
  const fold = await make('fold', 1);
  const again = await make('fold', 1);
  const aligned = await make('version', 2);
  assert.equal(fold.version.id, 'routing@fold-1');
  assert.deepEqual(again, { ...fold, created: false });
  assert.equal(aligned.version.id, 'routing@2');
  const listed = await listJudges(db, { project: PROJECT, name: 'routing' });
  assert.deepEqual(
    listed.map(({ id }) => id),
    ['routing@1', 'routing@2'],
  );
  assert.equal((await getJudge(db, { project: PROJECT, id: 'routing' })).id, 'routing@2');
  const kept = await getJudge(db, { project: PROJECT, id: 'routing@fold-1' });
  assert.deepEqual(kept.memory, { ...memory, shown: 1 });
});

test('what the last worker says of an agent counts, and an unknown one is named with those known', async () => {
  const record = {
    name: 'router',
    kind: 'module',
    fingerprint: 'f1',
    prompts: ['router'],
    deterministic: false,
    timeoutMs: 1,
  } as const;
  await registerAgents(db, PROJECT, [record]);
  await registerAgents(db, PROJECT, [{ ...record, fingerprint: 'f2' }]);
  assert.deepEqual(await listAgents(db, PROJECT), [{ ...record, fingerprint: 'f2' }]);
  await assert.rejects(
    getAgent(db, { project: PROJECT, name: 'other' }),
    /agent `other` is not there; declare it in attune.config.ts .*known: router/,
  );
});

test('the report of a cycle is kept as it was written, and replaced by a later one', async () => {
  const cycle = await startCycle(db);
  assert.equal(await getReport(db, cycle), null);
  const report = { id: 'x', claims: ['one'], evidenceHash: 'e1' } as unknown as CycleReport;
  await saveReport(db, cycle, report);
  await saveReport(db, cycle, { ...report, evidenceHash: 'e2' });
  assert.deepEqual(await getReport(db, cycle), { ...report, evidenceHash: 'e2' });
});
