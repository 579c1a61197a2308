import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { hashJson } from '../../contracts/hash.ts';
import type { Rollout } from '../../contracts/rollout.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle, incumbentTexts, listCycles } from '../../db/cycles/cycles.ts';
import { runFigures } from '../../db/runs/figures.ts';
import { endCycle, enterPhase, failCycle, listPhases } from '../../db/cycles/phases.ts';
import {
  addArm,
  type Cell,
  countRollouts,
  getRun,
  loadResults,
  loadScores,
  pendingRollouts,
  planRollouts,
  saveAssessments,
  saveRollouts,
  unassessedRollouts,
} from '../../db/runs/runs.ts';
import { getTraces, saveTraces, tagTraces } from '../../db/traces/traces.ts';
import { openDatabase } from './database.ts';
import { outputs, PROJECT, startCycle, startRun } from './fixture.ts';

let db: Db;
let cycle: Cycle;
let at: { project: string; run: string };
beforeEach(async () => {
  ({ db } = await openDatabase());
  cycle = await startCycle(db);
  const run = await startRun(db, cycle, 'optimize');
  at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
});

const cell = (example: string, trial = 0): Cell => ({ arm: 'incumbent', example, trial });
const range = (from = 0, to = 100) => ({ ...at, from, to });

const done = (ordinal: number, route: string): Rollout => ({
  run: at.run,
  ordinal,
  arm: 'incumbent',
  example: 'train-1',
  trial: 0,
  status: 'ok',
  outputs: outputs(route),
  outputHash: hashJson(outputs(route)),
  traceId: null,
  error: null,
  latencyMs: 12,
  price: 0.5,
});

const verdict = (score: number, rationale = 'because') => ({
  name: 'routing',
  value: score === 1,
  score,
  rationale,
  error: null,
  source: 'judge:routing@1',
  evidence: {},
});

test('rollouts are planned in the order given, and cells that are there keep their ordinals', async () => {
  const cells = [cell('validation-1'), cell('train-2'), cell('train-1'), cell('train-2')];
  assert.deepEqual(await planRollouts(db, { ...at, cells }), { from: 0, to: 3 });
  assert.deepEqual(await planRollouts(db, { ...at, cells }), { from: 3, to: 3 });
  const more = [cell('train-1'), cell('train-1', 1)];
  assert.deepEqual(await planRollouts(db, { ...at, cells: more }), { from: 3, to: 4 });
  const pending = await pendingRollouts(db, range());
  assert.deepEqual(
    pending.map((row) => [row.ordinal, row.example.id, row.trial, row.prompts['router']]),
    [
      [0, 'validation-1', 0, 'one'],
      [1, 'train-2', 0, 'one'],
      [2, 'train-1', 0, 'one'],
      [3, 'train-1', 1, 'one'],
    ],
  );
});

test('plans made at once share no ordinal', async () => {
  const plans = Array.from({ length: 8 }, (_, i) =>
    planRollouts(db, { ...at, cells: [cell('train-1', i), cell('train-2', i)] }),
  );
  await Promise.all(plans);
  const pending = await pendingRollouts(db, range());
  assert.deepEqual(
    pending.map((row) => row.ordinal),
    Array.from({ length: 16 }, (_, i) => i),
  );
});

test('a result is written once: a second attempt changes nothing', async () => {
  await planRollouts(db, { ...at, cells: [cell('train-1'), cell('train-2')] });
  await saveRollouts(db, { project: PROJECT, rollouts: [done(0, 'billing')] });
  await saveRollouts(db, { project: PROJECT, rollouts: [done(0, 'plans')] });
  const [row] = await loadResults(db, at);
  assert.deepEqual(row?.outputs, { route: 'billing' });
  assert.equal(row?.latencyMs, 12);
  assert.deepEqual(await countRollouts(db, at), { pending: 1, ok: 1, failed: 0, missing: 0 });
  assert.equal((await pendingRollouts(db, range())).length, 1);
  assert.deepEqual(await pendingRollouts(db, range(2, 9)), []);
});

test('the judge is given what it has not assessed, and an assessment is written once', async () => {
  await planRollouts(db, { ...at, cells: [cell('train-1'), cell('train-2')] });
  await saveRollouts(db, { project: PROJECT, rollouts: [done(0, 'billing'), done(1, 'plans')] });
  assert.equal((await unassessedRollouts(db, range())).length, 2);
  const write = (score: number) =>
    saveAssessments(db, {
      ...at,
      assessments: [{ ordinal: 0, scorer: cycle.judge, assessment: verdict(score, 'a\u0000b') }],
    });
  await write(1);
  await write(0);
  const open = await unassessedRollouts(db, range());
  assert.deepEqual(
    open.map((row) => [row.ordinal, row.outputs]),
    [[1, { route: 'plans' }]],
  );
  const [first, second] = await loadResults(db, at);
  assert.equal(first?.assessment?.score, 1);
  assert.equal(first?.rationale, 'a\uFFFDb');
  assert.equal(second?.assessment, null);
  assert.equal((await loadScores(db, { ...at, examples: ['train-2'] })).length, 1);
});

test('recorded outputs are planned as results that only wait for the judge', async () => {
  const recorded = { outputs: outputs('billing'), traceId: 't-1' };
  await planRollouts(db, { ...at, cells: [{ ...cell('train-1'), recorded }] });
  assert.deepEqual(await pendingRollouts(db, range()), []);
  const [row] = await unassessedRollouts(db, range());
  assert.equal(row?.traceId, 't-1');
  assert.equal(row?.outputHash, hashJson(outputs('billing')));
});

test('a run of the same name with another judge or fingerprint is refused; the same one is found', async () => {
  const again = await startRun(db, cycle, 'optimize');
  assert.equal(again.name, at.run);
  assert.equal(again.spec.cycle, 'demo');
  assert.equal(again.primary.id, 'routing@1');
  assert.equal(Object.keys(again.armHashes).join(), 'incumbent');
  await assert.rejects(
    addArm(db, { ...at, arm: 'incumbent', texts: { router: 'two' } }),
    /arm `demo\/1\/optimize: incumbent` is there already with other texts/,
  );
  await assert.rejects(getRun(db, { project: PROJECT, run: 'none' }), { name: 'NotFoundError' });
});

test('a trace comes back with its spans and tags; the same trace again replaces it', async () => {
  const span = {
    id: 's1',
    parent: null,
    name: 'call',
    kind: 'model',
    start: 1.5,
    end: 2.5,
    status: 'OK',
    message: null,
    inputs: { a: 1 },
    outputs: null,
    usage: { inputTokens: 1, outputTokens: 2 },
    attributes: { k: 'v' },
  } as const;
  const trace = { id: 't', status: 'OK', inputs: { m: 1 }, outputs: null, spans: [span] } as const;
  await saveTraces(db, { ...at, traces: [trace] });
  await saveTraces(db, { ...at, traces: [{ ...trace, status: 'ERROR' }] });
  assert.equal(
    await tagTraces(db, { project: PROJECT, ids: ['t'], tags: { eval: 'complete' } }),
    1,
  );
  const [found] = await getTraces(db, { project: PROJECT, ids: ['t', 'none'] });
  assert.deepEqual(found, {
    ...trace,
    status: 'ERROR',
    tags: { eval: 'complete' },
    run: at.run,
    name: 'call',
    session: null,
    start: 1.5,
    latencyMs: 1,
    inputTokens: 1,
    outputTokens: 2,
  });
});

test('cycles of a name are numbered, and know their prompts', async () => {
  const second = await startCycle(db);
  assert.equal(second.key, 'demo/2');
  assert.deepEqual(
    (await listCycles(db, { project: PROJECT })).map((row) => row.key),
    ['demo/2', 'demo/1'],
  );
  assert.deepEqual(await incumbentTexts(db, second), { router: 'Route {{message}}.' });
});

test('phases follow each other, and entering one again changes nothing', async () => {
  await enterPhase(db, cycle, { phase: 'evaluate', note: 'one' });
  await enterPhase(db, cycle, { phase: 'tag', note: 'two' });
  await enterPhase(db, cycle, { phase: 'evaluate', note: 'again' });
  await endCycle(db, cycle);
  const phases = await listPhases(db, cycle);
  assert.deepEqual(
    phases.map((row) => [row.phase, row.note, row.endedAt !== null]),
    [
      ['evaluate', 'one', true],
      ['tag', 'two', true],
    ],
  );
  const ended = await getCycle(db, cycle);
  assert.equal(ended.state, 'ended');
  assert.equal(ended.phase, 'tag');
});

test('a cycle that failed says why, and entered again it is in the phase in which it failed', async () => {
  await enterPhase(db, cycle, { phase: 'preflight', note: 'one' });
  await enterPhase(db, cycle, { phase: 'evaluate', note: 'two' });
  await failCycle(db, cycle, 'the model does not answer');
  const failed = await getCycle(db, cycle);
  assert.deepEqual([failed.state, failed.note], ['failed', 'the model does not answer']);
  assert.ok(failed.endedAt !== null);
  assert.ok((await listPhases(db, cycle)).every(({ endedAt }) => endedAt !== null));

  await enterPhase(db, cycle, { phase: 'preflight', note: 'again' });
  const again = await getCycle(db, cycle);
  assert.deepEqual(
    [again.state, again.phase, again.note, again.endedAt],
    ['running', 'evaluate', 'again', null],
  );
  assert.deepEqual(
    (await listPhases(db, cycle)).map(({ phase, endedAt }) => [phase, endedAt === null]),
    [
      ['preflight', false],
      ['evaluate', true],
    ],
  );
});

test('a cycle that has ended neither fails nor begins again', async () => {
  await enterPhase(db, cycle, { phase: 'preflight', note: 'one' });
  await endCycle(db, cycle);
  await failCycle(db, cycle, 'too late');
  await enterPhase(db, cycle, { phase: 'preflight', note: 'again' });
  const { state, note } = await getCycle(db, cycle);
  assert.deepEqual([state, note], ['ended', 'one']);
});

test('the baseline of a search is counted apart from its candidates', async () => {
  await addArm(db, { ...at, arm: 'candidate', texts: { router: 'two' } });
  const tried = { ...cell('train-1'), arm: 'candidate' };
  await planRollouts(db, { ...at, cells: [cell('train-1'), cell('train-2'), tried] });
  await saveRollouts(db, { project: PROJECT, rollouts: [done(0, 'a'), done(2, 'b')] });
  const assessments = [
    { ordinal: 0, scorer: cycle.judge, assessment: verdict(0) },
    { ordinal: 2, scorer: cycle.judge, assessment: verdict(1) },
  ];
  await saveAssessments(db, { ...at, assessments });
  assert.deepEqual(await runFigures(db, { ...at, arms: 'first' }), { total: 2, done: 1, score: 0 });
  assert.deepEqual(await runFigures(db, { ...at, arms: 'others' }), {
    total: 1,
    done: 1,
    score: 1,
  });
  assert.deepEqual(await runFigures(db, at), { total: 3, done: 2, score: 0.5 });
});
