import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../domain/random.ts';
import { buildTemporalServer } from '../../scripts/temporal-server.ts';
import {
  FAULTS,
  type Ground,
  openGround,
  type Outage,
  outageRun,
  type OutageRun,
} from './outage.ts';

const LONG = process.env['ATTUNE_LONG'] === '1';
/** Cycles of the long series; every one meets the faults that its seed draws. */
const CYCLES = Number(process.env['ATTUNE_CHAOS_CYCLES'] ?? (LONG ? 30 : 0));
const FIRST_SEED = Number(process.env['ATTUNE_CHAOS_FIRST'] ?? 1);
const FAULTS_A_CYCLE = 2;
const LIMIT = { timeout: 300_000 };
/** Share of the requests within which moments are drawn: later there is nothing left to disturb. */
const LATEST = 0.8;

let ground: Ground;
let undisturbed: OutageRun;

before(
  async () => {
    ground = await openGround(LONG ? buildTemporalServer() : null);
    undisturbed = await outageRun(ground, []);
  },
  { timeout: 40 * 60_000 },
);
after(() => ground?.close());

function drawn(seed: number): readonly Outage[] {
  const random = createRandom(seed);
  return Array.from({ length: FAULTS_A_CYCLE }, () => ({
    fault: FAULTS[random.below(FAULTS.length)]!,
    afterRequests: 1 + random.below(Math.round(LATEST * undisturbed.requests)),
  })).sort((a, b) => a.afterRequests - b.afterRequests);
}

const told = ({ ms, requests, befell, faults }: OutageRun): string =>
  `${ground.name}: ${(ms / 1000).toFixed(1)} s, ${requests} requests, ${befell.join(', ') || 'nothing'} befell it, errors of rows ${JSON.stringify(faults)}`;

function same(run: OutageRun): void {
  assert.equal(run.report.outcome, undisturbed.report.outcome);
  assert.equal(run.report.evidenceHash, undisturbed.report.evidenceHash);
  assert.deepEqual(run.faults, undisturbed.faults);
  assert.deepEqual(run.report.labels, undisturbed.report.labels);
}

test('an undisturbed cycle is promoted, and no row of it has a fault', (t) => {
  t.diagnostic(told(undisturbed));
  assert.equal(undisturbed.report.outcome, 'promoted');
  assert.deepEqual(undisturbed.faults, {});
});

if (CYCLES === 0)
  test(
    'PostgreSQL and Temporal away for longer than a heartbeat: the same evidence, no row missing',
    LIMIT,
    async (t) => {
      const run = await outageRun(ground, [
        { fault: 'temporal away 8 s', afterRequests: Math.round(0.1 * undisturbed.requests) },
        { fault: 'postgres down 8 s', afterRequests: Math.round(0.5 * undisturbed.requests) },
      ]);
      t.diagnostic(told(run));
      assert.equal(run.befell.length, 2);
      same(run);
    },
  );

for (let seed = FIRST_SEED; seed < FIRST_SEED + CYCLES; seed += 1)
  test(`outages drawn with seed ${seed}: the same evidence, no row missing`, LIMIT, async (t) => {
    const run = await outageRun(ground, drawn(seed));
    t.diagnostic(told(run));
    same(run);
  });
