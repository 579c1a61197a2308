import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { keepScorers, readScorers } from '../../db/runs/scorers.ts';
import { getRun } from '../../db/runs/runs.ts';
import { openDatabase } from './database.ts';
import { PROJECT, startCycle, startRun } from './fixture.ts';

test('a process reads the versions of a run once, and what it keeps is what stands there', async () => {
  const { db } = await openDatabase();
  const { name: run } = await startRun(db, await startCycle(db), 'optimize');
  const at = { project: PROJECT, run };
  const scorersOf = keepScorers();
  const [first, second] = [await scorersOf(db, at), await scorersOf(db, at)];
  assert.deepEqual(first, await readScorers(db, at));
  assert.deepEqual(first, (await getRun(db, at)).scorers);
  assert.equal(second[0], first[0], 'the very same object: nothing was read again');
});

test('a version that was altered in spite of its seal, as by an erasure, is read anew', async () => {
  const { db } = await openDatabase();
  const { name: run } = await startRun(db, await startCycle(db), 'optimize');
  const at = { project: PROJECT, run };
  const scorersOf = keepScorers();
  const [before] = await scorersOf(db, at);
  await sql`alter table scorer_version disable trigger append_only`.execute(db);
  await sql`update scorer_version set definition = ${'{"name":"routing","instructions":"erased"}'}`.execute(
    db,
  );
  const [after] = await scorersOf(db, at);
  assert.equal(after!.id, before!.id);
  assert.deepEqual(after!.definition, { name: 'routing', instructions: 'erased' });
});
