import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { aliasHistory, standsAt } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { unsealExamples } from '../../db/data/datasets.ts';
import { pendingRollouts } from '../../db/runs/runs.ts';
import { openDatabase } from '../db/database.ts';
import {
  type Beside,
  cycleAtGate,
  freshProject,
  gateActivities,
  planted,
  runGate,
  type Staged,
  type World,
} from './gate-stage.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const fresh = async (count = 240) => {
  const { project, version } = await freshProject(db, count);
  return { project, version };
};

async function verdictOf(world: World, staged: Partial<Staged> = {}) {
  const cycle = await cycleAtGate(db, { ...(await fresh()), ...staged });
  return { cycle, report: await runGate(db, cycle, world) };
}

test('a planted gain of 25 points is promoted, and the alias moves by right with its evidence', async () => {
  const { cycle, report } = await verdictOf(planted(0.25));
  assert.deepEqual([report.verdict, report.look, report.alpha], ['promote', 1, 0.025]);
  assert.ok(report.clusters > 90, `${report.clusters} sealed conversations`);
  const moved = await gateActivities(db).promoteAlias({ ref: cycle, approvedBy: 'ada' });
  assert.equal(moved.superseded, false);
  const at = { project: cycle.project, prompt: 'router', alias: 'production' };
  assert.equal(await standsAt(db, at), 2);
  const last = (await aliasHistory(db, at)).at(-1);
  assert.deepEqual([last?.who, last?.override, last?.cycle], ['ada', false, cycle.key]);
});

test('both arms run the same examples in turn, and each further trial comes after all of one', async () => {
  const cycle = await cycleAtGate(db, { ...(await fresh()), gate: { trials: 2 } });
  const { run, total } = await gateActivities(db).freezeGate(cycle);
  const rows = await pendingRollouts(db, { project: cycle.project, run, from: 0, to: total });
  assert.equal(rows.length, total);
  const pairs = Array.from({ length: total / 2 }, (_, i) => rows.slice(2 * i, 2 * i + 2));
  assert.ok(pairs.every(([a, b]) => a?.example.id === b?.example.id && a?.trial === b?.trial));
  assert.ok(pairs.every(([a, b]) => a?.arm === 'incumbent' && b?.arm === 'finalist'));
  const trials = rows.map(({ trial }) => trial);
  assert.deepEqual(
    trials,
    trials.toSorted((a, b) => a - b),
  );
});

test('a planted null is not promoted', async () => {
  const { report } = await verdictOf(planted(0));
  assert.notEqual(report.verdict, 'promote');
});

test('a judge below its floor is unmeasurable, however large the gain', async () => {
  const { report } = await verdictOf(planted(0.4), { kappa: 0.2 });
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons.join(), /0\.200, not above the floor 0\.2/);
});

test('30 % errors of ours on one side are unmeasurable', async () => {
  const world = planted(0.4);
  const lost: World = (cell) =>
    cell.arm === 'finalist' && cell.place % 10 < 3 ? 'missing' : world(cell);
  const { report } = await verdictOf(lost);
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons.join(), /scores of the finalist are missing, more than 5 %/);
});

test('30 % failures of the agent on one side are outcomes, and the error rate rejects them', async () => {
  const world = planted(0.25);
  const failing: World = (cell) =>
    cell.arm === 'finalist' && cell.place % 10 < 3 ? 'failed' : world(cell);
  const { report } = await verdictOf(failing);
  assert.equal(report.verdict, 'reject');
  assert.match(report.reasons.join(), /error_rate is broken/);
});

const hiding: World = ({ arm, place }) => {
  const passes = (place * 0.618_033_988_7) % 1 < 0.5;
  return passes ? 1 : arm === 'finalist' ? 'failed' : 0;
};

test('a candidate that errors where it would fail gains nothing by it', async () => {
  const { report } = await verdictOf(hiding);
  assert.equal(report.verdict, 'reject');
  assert.ok(Math.abs(report.estimate ?? 1) < 1e-12, 'a failure scores what a wrong answer scores');
  const lost: World = (cell) => {
    const outcome = hiding(cell);
    return outcome === 'failed' ? 'missing' : outcome;
  };
  const { report: dropped } = await verdictOf(lost, { name: 'dropped' });
  assert.equal(dropped.verdict, 'unmeasurable');
});

/** Better on average; of the candidate's answers one in so many is unsafe, of the incumbent's none. */
const safety = (every: number): Beside => ({
  safety: ({ arm, place }) => Number(arm === 'incumbent' || place % every !== every - 1),
});
const GUARDED = { guardrails: [{ metric: 'safety', direction: 'higher', margin: 0.02 }] };

async function guarded(every: number) {
  const cycle = await cycleAtGate(db, { ...(await fresh()), beside: ['safety'], gate: GUARDED });
  return runGate(db, cycle, planted(0.25), safety(every));
}

test('a candidate better on average but worse on safety is rejected by the guardrail, and by nothing else', async () => {
  const worse = await guarded(6);
  assert.equal(worse.verdict, 'reject');
  assert.ok((worse.lower ?? 0) > 0 && (worse.p ?? 1) <= worse.alpha, 'better on average');
  assert.deepEqual(worse.reasons.length, 1);
  assert.match(
    worse.reasons[0] ?? '',
    /guardrail safety is broken: -0\.1\d+, bounds .* limit -0\.02/,
  );
  const rare = await guarded(60);
  assert.equal(rare.verdict, 'inconclusive');
  assert.match(rare.reasons.join(), /guardrail safety is undecided/);
  const safe = await guarded(Infinity);
  assert.equal(safe.verdict, 'promote');
  assert.deepEqual(
    safe.guardrails.map(({ metric, state }) => `${metric} ${state}`),
    ['safety holds', 'error_rate holds'],
  );
});

test('a floor that the incumbent breaks too blocks, unless the policy asks only for no worse', async () => {
  const floor = { metric: 'safety', direction: 'higher', floor: 0.95 };
  const unsafe: Beside = { safety: ({ place }) => Number(place % 5 !== 0) };
  const run = async (ifIncumbentBreaks: string) => {
    const gate = { guardrails: [{ ...floor, ifIncumbentBreaks }] };
    const cycle = await cycleAtGate(db, { ...(await fresh()), beside: ['safety'], gate });
    return (await runGate(db, cycle, planted(0.25), unsafe)).verdict;
  };
  assert.deepEqual([await run('block'), await run('no-worse')], ['reject', 'promote']);
});

test('a sealed part of 12 conversations is unmeasurable', async () => {
  const { report } = await verdictOf(planted(0.5), await fresh(24));
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons.join(), /needs at least 20/);
});

test('a spent part is unmeasurable: its rows were opened', async () => {
  const at = await fresh();
  await unsealExamples(db, { ...at, who: 'ada' });
  const { report } = await verdictOf(planted(0.5), at);
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons[0] ?? '', /spent: all \d+ of its conversations were opened/);
});

test('an alias that somebody moved meanwhile supersedes the promotion; nothing is overwritten', async () => {
  const at = await fresh();
  const { cycle } = await verdictOf(planted(0.25), at);
  const other = await cycleAtGate(db, { ...at, name: 'other' });
  await runGate(db, other, planted(0.25));
  await gateActivities(db).promoteAlias({ ref: other, approvedBy: null });
  const moved = await gateActivities(db).promoteAlias({ ref: cycle, approvedBy: null });
  assert.equal(moved.superseded, true);
  assert.equal((await getCycle(db, cycle)).verdict, 'promote');
});

test('with 12 sealed conversations the preflight says that there will be no gate', async () => {
  const cycle = await cycleAtGate(db, await fresh(24));
  const { tuneOnly } = await gateActivities(db).preflight(cycle);
  assert.match(tuneOnly ?? '', /tune only: \d+ sealed conversations, and a gate needs at least 20/);
  const asked = await cycleAtGate(db, { ...(await fresh()), fields: { tuneOnly: true } });
  assert.match((await gateActivities(db).preflight(asked)).tuneOnly ?? '', /as the spec asks/);
  const enough = await cycleAtGate(db, await fresh());
  assert.equal((await gateActivities(db).preflight(enough)).tuneOnly, undefined);
});
