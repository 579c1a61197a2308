import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import {
  aliasHistory,
  moveAlias,
  moveAliases,
  rollbackAlias,
  standsAt,
} from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { updateCycle } from '../../db/cycles/cycles.ts';
import { AliasMovedError } from '../../db/errors.ts';
import { freezeGate } from '../../db/cycles/gate.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { PROJECT, startCycle } from './fixture.ts';

let database: OpenDatabase;
let db: Db;
before(async () => {
  database = await openDatabase({ max: 20 });
  ({ db } = database);
});

const at = (prompt: string, alias = 'production') => ({ project: PROJECT, prompt, alias });
const by = { who: 'ada', why: 'a test' };

const lastMover = async (prompt: string) => (await aliasHistory(db, at(prompt))).at(-1)?.who;

/** A prompt with versions 1 to 3 whose alias stands at 1. */
async function threeVersions(prompt: string, alias = 'production'): Promise<void> {
  for (const text of ['one', 'two', 'three'])
    await registerPrompt(db, { project: PROJECT, name: prompt, text });
  await moveAlias(db, { ...at(prompt, alias), ...by, expected: null, to: 1 });
}

test('of 200 promotions of one alias at once exactly one wins, the others learn who moved it, and history is complete', async () => {
  await threeVersions('race');
  const ended = await Promise.allSettled(
    Array.from({ length: 200 }, (_, i) =>
      moveAlias(db, {
        ...at('race'),
        who: `racer ${i}`,
        why: 'a race',
        expected: 1,
        to: 2 + (i % 2),
        cycle: `c/${i}`,
        evidence: `e${i}`,
      }),
    ),
  );
  const won = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const lost = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  assert.deepEqual([won.length, lost.length], [1, 199]);
  assert.ok(lost.every((reason) => reason instanceof AliasMovedError));
  const history = await aliasHistory(db, at('race'));
  assert.deepEqual(history.slice(1), won);
  assert.equal(await standsAt(db, at('race')), won[0]?.to);
});

test('of 40 promotions of two prompts in either order at once one wins both, and nothing waits for ever', async () => {
  await Promise.all(['pair-a', 'pair-b'].map((name) => threeVersions(name)));
  const ended = await Promise.allSettled(
    Array.from({ length: 40 }, (_, i) => {
      const changes = ['pair-a', 'pair-b'].map((name) => ({
        ...at(name),
        who: `racer ${i}`,
        why: 'a race',
        expected: 1,
        to: 2,
      }));
      return moveAliases(db, i % 2 === 0 ? changes : changes.toReversed());
    }),
  );
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await lastMover('pair-a'), await lastMover('pair-b'));
});

test('several prompts move together or not at all', async () => {
  await Promise.all(['first', 'second'].map((name) => threeVersions(name)));
  await moveAlias(db, { ...at('second'), ...by, expected: 1, to: 3 });
  const together = moveAliases(
    db,
    ['first', 'second'].map((name) => ({ ...at(name), ...by, expected: 1, to: 2 })),
  );
  await assert.rejects(together, { name: 'AliasMovedError', prompt: 'second', found: 3 });
  assert.equal(await standsAt(db, at('first')), 1);
  assert.equal((await aliasHistory(db, at('first'))).length, 1);
});

const program = fileURLToPath(new URL('./move-and-die.ts', import.meta.url));
const moveAndDie = async (alias: string, statement: number) =>
  promisify(execFile)(process.execPath, [program, database.url, alias, String(statement)]);

test('killed after any statement of a promotion, alias and history agree, and none or both prompts have moved', async () => {
  for (const prompt of ['left', 'right']) await threeVersions(prompt, 'whole');
  const { stdout } = await moveAndDie('whole', 0);
  const statements = Number(stdout);
  assert.ok(statements >= 6, `${statements} statements`);
  const deaths = Array.from({ length: statements }, (_, i) => `killed-${i + 1}`);
  for (const alias of deaths)
    for (const prompt of ['left', 'right'])
      await moveAlias(db, { ...at(prompt, alias), ...by, expected: null, to: 1 });
  await Promise.all(
    deaths.map((alias, i) => assert.rejects(moveAndDie(alias, i + 1), { signal: 'SIGKILL' })),
  );
  const ended = await Promise.all(
    deaths.map(async (alias) => {
      const stands = await Promise.all(
        ['left', 'right'].map(async (prompt) => [
          await standsAt(db, at(prompt, alias)),
          (await aliasHistory(db, at(prompt, alias))).at(-1)?.to,
        ]),
      );
      const [number, ...others] = [...new Set(stands.flat())];
      assert.deepEqual(others, [], `${alias}: both aliases and both histories say the same`);
      return number;
    }),
  );
  // The last statement is the commit itself.
  assert.deepEqual(ended, [...Array<number>(statements - 1).fill(1), 2]);
  const again = deaths[3] ?? '';
  await moveAliases(
    db,
    ['left', 'right'].map((prompt) => ({ ...at(prompt, again), ...by, expected: 1, to: 2 })),
  );
});

test('the database refuses an alias without its history, and a history without its alias', async () => {
  await threeVersions('guarded');
  await assert.rejects(
    sql`update prompt_alias set number = 2 where prompt = 'guarded'`.execute(db),
    /alias guarded@production stands at 2, its history says 1/,
  );
  await assert.rejects(
    sql`insert into prompt_alias_move (project, prompt, alias, to_number, who, why, override, rollback)
      values (${PROJECT}, 'guarded', 'production', 3, 'eve', 'a lie', false, false)`.execute(db),
    /stands at 1, its history says 3/,
  );
  await assert.rejects(sql`delete from prompt_alias where prompt = 'guarded'`.execute(db), {
    message: /append-only: delete refused/,
  });
  await assert.rejects(
    sql`update prompt_alias_move set override = false where prompt = 'guarded'`.execute(db),
    /append-only: update refused/,
  );
});

test('a move is an override for ever unless the gate of its cycle said promote of that very version', async () => {
  const cycle = await startCycle(db);
  await registerPrompt(db, { project: PROJECT, name: 'router', text: 'Better {{message}}.' });
  await registerPrompt(db, { project: PROJECT, name: 'router', text: 'Another {{message}}.' });
  const { frozenHash: evidence } = await freezeGate(db, cycle, {
    run: `${cycle.key}/gate`,
    judge: cycle.judge,
    incumbentHash: 'a',
    finalistHash: 'b',
    policyHash: 'p',
    keysOf: (rows) => rows.map((row) => JSON.stringify(row)),
    hashOf: () => 'frozen',
  });
  await updateCycle(db, cycle, { finalist: { router: 2 }, verdict: 'inconclusive' });
  const claimed = { ...at('router'), ...by, cycle: cycle.key, evidence };
  await moveAlias(db, { ...at('router'), ...by, expected: null, to: 1 });
  await moveAlias(db, { ...claimed, expected: 1, to: 2 });
  await rollbackAlias(db, { ...at('router'), ...by });
  await updateCycle(db, cycle, { verdict: 'promote' });
  await moveAlias(db, { ...claimed, expected: 1, to: 3 });
  await moveAlias(db, { ...at('router'), ...by, expected: 3, to: 1 });
  await moveAlias(db, { ...claimed, evidence: 'invented', expected: 1, to: 2 });
  await rollbackAlias(db, { ...at('router'), ...by });
  await moveAlias(db, { ...claimed, expected: 1, to: 2 });
  const history = await aliasHistory(db, at('router'));
  assert.deepEqual(
    history.map(({ from, to, override, rollback }) => [
      `${from ?? '-'} -> ${to}`,
      override ? 'override' : rollback ? 'rollback' : 'by right',
    ]),
    [
      ['- -> 1', 'by right'],
      ['1 -> 2', 'override'],
      ['2 -> 1', 'rollback'],
      ['1 -> 3', 'override'],
      ['3 -> 1', 'override'],
      ['1 -> 2', 'override'],
      ['2 -> 1', 'rollback'],
      ['1 -> 2', 'by right'],
    ],
  );
});
