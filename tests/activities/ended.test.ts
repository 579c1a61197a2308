import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createActivities } from '../../activities/index.ts';
import { activitiesOver } from '../../activities/failures.ts';
import { createAgentActivities } from '../../activities/evaluate/rollouts.ts';
import { ownFailing } from '../../contracts/failure.ts';
import { createDatabase, type Db } from '../../db/connect.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { createTestDatabase } from '../services.ts';
import { driveCycle, type RunActivity, type Work } from './kinds/drive.ts';
import { kindsOf } from './kinds/kinds.ts';
import { labelOf, plant } from './kinds/plant.ts';
import { openPractice, type Practice } from './kinds/practice.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-ended-'));
let practice: Practice;
let db: Db;
/** A connection that no blow breaks. */
let admin: Db;
/** What befalls the activity under way at the next request to the model. */
let blow: (() => void) | null = null;
const strike = (): void => {
  const struck = blow;
  blow = null;
  struck?.();
};

before(async () => {
  const { url } = await createTestDatabase();
  admin = createDatabase(url, { max: 1 });
  practice = await openPractice(url, strike);
  ({ db } = practice.deps);
});
after(async () => {
  await admin.destroy();
  await practice.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that says of a row that it was not measured. */
async function faults(): Promise<readonly unknown[]> {
  const { rows } = await sql`
    select run, error from rollout where error is not null
    union all select run, error from assessment where error is not null`.execute(admin);
  return rows;
}

type Told = { readonly struck: Set<string>; readonly run: RunActivity };

/** Attempts of each activity until one is left alone: each of the first ones meets a blow at its first call of a model. */
function attempts(
  blowFor: (environment: MockActivityEnvironment) => () => void,
  check: (error: unknown, name: string) => void | Promise<void>,
): Told {
  const struck = new Set<string>();
  const run = async (work: Work, input: unknown, name: string): Promise<unknown> => {
    const environment = new MockActivityEnvironment();
    let hit = false;
    blow = () => {
      hit = true;
      blowFor(environment)();
    };
    for (let tries = 1; ; tries += 1)
      try {
        return await (hit ? new MockActivityEnvironment() : environment).run(work, input);
      } catch (error) {
        if (tries > 20 || !(hit || ownFailing(error)?.retryable)) throw error;
        blow = null;
        struck.add(name);
        await check(error, name);
        assert.deepEqual(await faults(), [], `${name} wrote faults of rows that have none`);
      } finally {
        blow = null;
      }
  };
  // Answers of one turn are asked for side by side; blows are dealt to one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: RunActivity = (...of) => {
    const turn = last.then(() => run(...of));
    last = turn.catch(() => undefined);
    return turn;
  };
  return { struck, run: inTurn };
}

async function cycleUnder(name: string, run?: RunActivity) {
  const kind = kindsOf(7)['custom, yes or no']!;
  const ref = await plant(db, { folder: join(folder, name), project: name, kind });
  const { why } = await driveCycle(practice.deps, {
    ref,
    labelOf: (item) => labelOf(kind, item),
    ...(run !== undefined && { run }),
  });
  const { gateReport, judgeReport } = await getCycle(db, ref);
  const { rows } = await sql`
    select run, arm, example, trial, status, output_hash from rollout where project = ${name}
    order by run, ordinal`.execute(db);
  return { why, verdict: gateReport?.verdict, adopted: judgeReport?.adopted, rows };
}

const WITH_MODEL = [
  'answerAlign',
  'checkModels',
  'judgeRollouts',
  'reflect',
  'runRollouts',
] as const;

test(
  'a cycle whose every activity was cancelled in the midst of its model calls has the evidence of an undisturbed one',
  { timeout: 240_000 },
  async () => {
    const undisturbed = await cycleUnder('undisturbed');
    const { struck, run } = attempts(
      (environment) => () => environment.cancel('NOT_FOUND'),
      (error, name) => assert.ok(error instanceof CancelledFailure, `${name}: ${String(error)}`),
    );
    const disturbed = await cycleUnder('cancelled', run);
    assert.deepEqual(
      WITH_MODEL.filter((name) => !struck.has(name)),
      [],
    );
    assert.deepEqual(disturbed, undisturbed);
  },
);

test('every activity ends as cancelled once its signal is aborted, and asks no model', async () => {
  const all = { ...createActivities(practice.deps), ...createAgentActivities(practice.deps) };
  const asked = practice.keys.length;
  for (const [name, work] of Object.entries(all)) {
    const environment = new MockActivityEnvironment();
    environment.cancel('WORKER_SHUTDOWN');
    const ref = { project: 'undisturbed', cycle: 'kind', number: 1 };
    const input = { ...ref, ref, run: 'kind/1/gate', from: 0, to: 100, turn: 0, asks: [] };
    await assert.rejects(
      environment.run(work as Work, input),
      (error) => error instanceof CancelledFailure,
      name,
    );
  }
  assert.equal(practice.keys.length, asked);
});

const write = (to: Db, what: string) => sql`insert into written values (${what})`.execute(to);

test('what an activity makes of its abort is not written, though it swallows the error and goes on', async () => {
  const environment = new MockActivityEnvironment();
  await sql`create table written (what text)`.execute(db);
  const work = activitiesOver({ db }, (deps) => ({
    swallows: async () => {
      await write(deps.db, 'before');
      environment.cancel('CANCELLED');
      await write(deps.db, 'a fault of the row').catch(() => undefined);
      await deps.db
        .transaction()
        .execute((tx) => write(tx, 'in a transaction'))
        .catch(() => undefined);
      return 'done';
    },
  }));
  await assert.rejects(
    environment.run(work.swallows),
    (error) => error instanceof CancelledFailure,
  );
  const { rows } = await sql`select what from written`.execute(db);
  assert.deepEqual(rows, [{ what: 'before' }]);
});

test('a result that Temporal would refuse at every attempt fails at once, and says so', async () => {
  const { large } = activitiesOver({ db }, () => ({
    large: () => Promise.resolve('x'.repeat(2_000_000)),
  }));
  await assert.rejects(new MockActivityEnvironment().run(large), {
    type: 'ResultTooLarge',
    nonRetryable: true,
  });
});

test(
  'a cycle whose database broke off in the midst of every activity has no row with a fault',
  { timeout: 240_000 },
  async () => {
    const { struck, run } = attempts(
      () => () =>
        void sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`
          .execute(admin)
          .catch(() => undefined),
      (error, name) =>
        assert.equal(ownFailing(error)?.retryable, true, `${name}: ${String(error)}`),
    );
    const { verdict } = await cycleUnder('broken-off', run);
    assert.equal(verdict, 'promote');
    assert.deepEqual(await faults(), []);
    assert.ok(struck.size > 0, 'some activity met it');
  },
);
