import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  aliasHistory,
  moveAlias,
  moveAliases,
  rollbackAlias,
  standsAt,
} from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { AliasMovedError } from '../../db/errors.ts';
import { getPrompt, listPrompts, registerPrompt } from '../../db/versions/prompts.ts';
import { openDatabase } from './database.ts';
import { PROJECT } from './fixture.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase({ max: 20 }));
});

const register = (name: string, text: string) =>
  registerPrompt(db, { project: PROJECT, name, text });

const at = (prompt: string) => ({ project: PROJECT, prompt, alias: 'production' });
const by = { who: 'ada', why: 'a test' };

test('an equal text is the same version, another text the next number', async () => {
  const first = await register('same', 'Route {{message}}.');
  const again = await register('same', 'Route {{message}}.');
  const second = await register('same', 'Route {{message}} well.');
  assert.deepEqual(again, { ...first, created: false });
  assert.equal(second.version.number, 2);
  assert.deepEqual(second.version.variables, ['message']);
});

test('twenty registrations of ten texts at once make ten versions with consecutive numbers', async () => {
  const texts = Array.from({ length: 20 }, (_, i) => `text ${i % 10}`);
  await Promise.all(texts.map((text) => register('raced', text)));
  const [summary] = (await listPrompts(db, PROJECT)).filter(({ name }) => name === 'raced');
  assert.equal(summary?.versions, 10);
});

test('a prompt is found by name, version and alias, and an unknown one names the remedy', async () => {
  await register('found', 'one');
  await register('found', 'two');
  await moveAlias(db, { ...at('found'), ...by, expected: null, to: 1 });
  const text = async (reference: string) =>
    (await getPrompt(db, { project: PROJECT, reference })).text;
  assert.equal(await text('found'), 'two');
  assert.equal(await text('found@1'), 'one');
  assert.equal(await text('found@production'), 'one');
  await assert.rejects(text('found@staging'), /alias `found@staging` is not there; set it with/);
  await assert.rejects(text('found@9'), { name: 'NotFoundError' });
});

test('of fifty that move an alias from the same version one wins, and one history row is written', async () => {
  await register('race', 'v1');
  await register('race', 'v2');
  await moveAlias(db, { ...at('race'), ...by, expected: null, to: 1 });
  const races = Array.from({ length: 50 }, (_, i) =>
    moveAlias(db, { ...at('race'), who: `racer ${i}`, why: 'a race', expected: 1, to: 2 }),
  );
  const ended = await Promise.allSettled(races);
  const lost = ended.filter((end) => end.status === 'rejected');
  assert.equal(lost.length, 49);
  for (const { reason } of lost) assert.ok(reason instanceof AliasMovedError);
  assert.match(String(lost[0]?.reason), /stands at version 2, not at version 1 as expected/);
  assert.equal((await aliasHistory(db, at('race'))).length, 2);
});

test('a promotion that is repeated after a crash finds its own move', async () => {
  await register('retry', 'v1');
  await register('retry', 'v2');
  await moveAlias(db, { ...at('retry'), ...by, expected: null, to: 1 });
  const promote = { ...at('retry'), ...by, expected: 1, to: 2, cycle: 'demo/1', evidence: 'e1' };
  const first = await moveAlias(db, promote);
  assert.deepEqual(await moveAlias(db, promote), first);
  await assert.rejects(moveAlias(db, { ...promote, cycle: 'demo/2' }), AliasMovedError);
  assert.equal((await aliasHistory(db, at('retry'))).length, 2);
});

test('a rollback returns to the recorded predecessor, and a second one goes further back', async () => {
  for (const text of ['v1', 'v2', 'v3']) await register('back', text);
  await moveAlias(db, { ...at('back'), ...by, expected: null, to: 1 });
  await moveAlias(db, { ...at('back'), ...by, expected: 1, to: 2 });
  await moveAlias(db, { ...at('back'), ...by, expected: 2, to: 3 });
  await rollbackAlias(db, { ...at('back'), ...by });
  assert.equal(await standsAt(db, at('back')), 2);
  await rollbackAlias(db, { ...at('back'), ...by });
  assert.equal(await standsAt(db, at('back')), 1);
  await assert.rejects(rollbackAlias(db, { ...at('back'), ...by }), { name: 'NoPredecessorError' });
});

test('a move to a version that does not exist changes nothing', async () => {
  await register('missing', 'v1');
  await assert.rejects(moveAlias(db, { ...at('missing'), ...by, expected: null, to: 7 }), {
    name: 'NotFoundError',
  });
  assert.equal(await standsAt(db, at('missing')), null);
});

test('an alias moves only to a version with the template variables that the agent fills, in any order and number', async () => {
  const texts = ['{{a}} and {{b}}', '{{b}}, {{ a }}, {{b}}', '{{a}} and {{c}}', 'none'];
  for (const text of texts) await register('filled', text);
  await moveAlias(db, { ...at('filled'), ...by, expected: null, to: 1 });
  await moveAlias(db, { ...at('filled'), ...by, expected: 1, to: 2 });
  await assert.rejects(moveAlias(db, { ...at('filled'), ...by, expected: 2, to: 3 }), {
    name: 'VariablesChangedError',
    message:
      'filled@3 drops the template variables {{b}} and adds {{c}}; the agent fills those of version 2, where filled@production stands; register a version with the same variables, or give --other-variables if the agent was changed to fill the new ones',
  });
  await assert.rejects(moveAlias(db, { ...at('filled'), ...by, expected: 2, to: 4 }), {
    lost: ['b', 'a'],
    added: [],
  });
  assert.equal(await standsAt(db, at('filled')), 2);
  assert.equal((await aliasHistory(db, at('filled'))).length, 2, 'nothing is left behind');
});

test('an agent that was changed gets its other variables when told so, and a rollback is checked too', async () => {
  for (const text of ['{{old}}', '{{new}}']) await register('changed', text);
  await moveAlias(db, { ...at('changed'), ...by, expected: null, to: 1 });
  await moveAlias(db, { ...at('changed'), ...by, expected: 1, to: 2, otherVariables: true });
  const back = { ...at('changed'), ...by };
  await assert.rejects(rollbackAlias(db, back), { name: 'VariablesChangedError', lost: ['new'] });
  assert.equal(await standsAt(db, at('changed')), 2);
  await rollbackAlias(db, { ...back, otherVariables: true });
  assert.equal(await standsAt(db, at('changed')), 1);
});

test('of several prompts one with other variables leaves all where they stand', async () => {
  for (const name of ['whole-a', 'whole-b']) {
    for (const text of ['one {{x}}', name === 'whole-b' ? 'two' : 'two {{x}}'])
      await register(name, text);
    await moveAlias(db, { ...at(name), ...by, expected: null, to: 1 });
  }
  const changes = ['whole-a', 'whole-b'].map((name) => ({
    ...at(name),
    ...by,
    expected: 1,
    to: 2,
  }));
  await assert.rejects(moveAliases(db, changes), { name: 'VariablesChangedError' });
  assert.deepEqual([await standsAt(db, at('whole-a')), await standsAt(db, at('whole-b'))], [1, 1]);
});
