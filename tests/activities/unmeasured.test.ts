import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAgentActivities } from '../../activities/evaluate/rollouts.ts';
import type { AgentDeps } from '../../activities/deps.ts';
import type { AgentResult } from '../../agents/result.ts';
import type { LoadedAgent } from '../../agents/load.ts';
import type { Db } from '../../db/connect.ts';
import * as runs from '../../db/runs/runs.ts';
import { openDatabase } from '../db/database.ts';
import { ROWS, startCycle, startRun } from '../db/fixture.ts';
import { depsOver } from './deps.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const agent: LoadedAgent = {
  record: {
    name: 'router',
    kind: 'module',
    fingerprint: 'f1',
    prompts: ['router'],
    deterministic: false,
    timeoutMs: 1_000,
  },
  declaration: { kind: 'prompt', prompt: 'router', timeout: '1s', deterministic: false },
  file: null,
};

/** A run of ten rows whose agent is away for those that `away` names, by the order in which they were first asked for. */
async function runWith(away: (at: number) => boolean) {
  const cycle = await startCycle(db);
  const run = await startRun(db, cycle, 'evaluate');
  const at = { project: cycle.project, run: run.name };
  await runs.addArmOfHashes(db, { ...at, arm: 'a', prompts: {} });
  const open = ROWS.slice(0, 2).map(({ id }) => id);
  const cells = Array.from({ length: 10 }, (_, n) => ({
    arm: 'a',
    example: open[n % 2]!,
    trial: Math.floor(n / 2),
  }));
  await runs.planRollouts(db, { ...at, cells });
  const asked: string[] = [];
  const deps: AgentDeps = {
    ...depsOver(db),
    agents: { router: agent },
    host: {
      async run({ traceId }): Promise<AgentResult> {
        asked.push(traceId);
        const lost = away([...new Set(asked)].indexOf(traceId));
        return {
          status: lost ? 'missing' : 'ok',
          outputs: lost ? null : { route: 'x' },
          error: lost ? { kind: 'infrastructure', message: 'nobody answers' } : null,
          trace: { id: traceId, status: 'OK', inputs: {}, outputs: {}, spans: [] },
          exported: null,
          latencyMs: 1,
          price: 0,
        };
      },
      close: () => undefined,
    },
    scorers: {},
    scorerHost: {
      prepare: () => assert.fail('not asked'),
      score: () => assert.fail('not asked'),
      close: () => undefined,
    },
  };
  const { runRollouts } = createAgentActivities(deps);
  const attempt = () => new MockActivityEnvironment().run(runRollouts, { ...at, from: 0, to: 10 });
  const stored = async () => {
    const rows = await db
      .selectFrom('rollout')
      .select('status')
      .where('project', '=', at.project)
      .where('run', '=', at.run)
      .execute();
    return Object.fromEntries(
      ['ok', 'missing', 'pending'].map((status) => [
        status,
        rows.filter((found) => found.status === status).length,
      ]),
    );
  };
  return { attempt, stored, asked };
}

test('a run whose rows mostly did not get through is tried again, then fails with the count and the reason; none is stored as missing', async () => {
  const { attempt, stored } = await runWith((at) => at >= 3);
  const retryable: boolean[] = [];
  for (let tries = 1; tries <= 6; tries += 1)
    await assert.rejects(attempt(), (error: { nonRetryable: boolean; message: string }) => {
      retryable.push(!error.nonRetryable);
      assert.match(error.message, /of 10 rows could not be measured.*nobody answers/);
      return true;
    });
  assert.deepEqual(retryable, [true, true, true, true, true, false]);
  const { missing } = await stored();
  assert.equal(missing, 0);
});

test('what was measured stays, and an attempt after the outage does the rest', async () => {
  let out = true;
  const { attempt, stored, asked } = await runWith((at) => out && at >= 4);
  await assert.rejects(attempt(), /6 of 10 rows could not be measured/);
  assert.deepEqual(await stored(), { ok: 4, missing: 0, pending: 6 });
  out = false;
  await attempt();
  assert.deepEqual(await stored(), { ok: 10, missing: 0, pending: 0 });
  assert.equal(asked.length, 16, 'what was measured is not run again');
});

test('rows that did not get through are missing where they are the lesser part of their run', async () => {
  const { attempt, stored } = await runWith((at) => at < 3);
  await attempt();
  assert.deepEqual(await stored(), { ok: 7, missing: 3, pending: 0 });
});
