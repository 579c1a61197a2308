import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, attune, dataset, file, freshName, json, line, rowsOf, WORDS } from './rows.ts';

test('merging adds rows and replaces those whose id is there; merging the same again changes nothing', async () => {
  const name = await dataset();
  const more = file('more.jsonl', [
    { ...line(1), expectations: { route: 'plans' } },
    { id: 'fresh', inputs: { message: 'something else entirely, about dolphins' } },
  ]);
  const made = await json('dataset', 'merge', name, more);
  assert.equal(made.id, `${name}@2`);
  assert.deepEqual(made.changes, { added: 1, changed: 1, removed: 0 });
  assert.deepEqual(
    (await rowsOf(made.id)).map(({ id, expectations }) => [id, expectations?.['route']]),
    [...ALL.map(({ id }) => [id, id === 'r1' ? 'plans' : 'billing']), ['fresh', undefined]],
  );
  assert.match((await attune('dataset', 'merge', name, more)).out, /@2 stays as it is: nothing/);
  assert.equal((await json<object[]>('dataset', 'versions', name)).length, 2);
  assert.equal((await rowsOf(`${name}@1`)).length, 6, 'the version before is what it was');
});

test('a merged row that names no conversation stays in the one it has', async () => {
  const name = freshName();
  const rows = [0, 1].map((n) => ({ ...line(n), id: `talk-${n}`, conversation: 'talk' }));
  await json('dataset', 'import', name, file('talk.jsonl', rows), '--pin', 'part');
  const changed = { ...line(0), id: 'talk-0', expectations: { route: 'plans' } };
  const made = await json('dataset', 'merge', name, file('silent.jsonl', [changed]));
  assert.deepEqual(made.changes, { added: 0, changed: 1, removed: 0 });
  assert.deepEqual(
    (await rowsOf(made.id)).map(({ conversation }) => conversation),
    ['talk', 'talk'],
  );
});

test('six merges at once of different rows lose none', async () => {
  const name = await dataset();
  const files = WORDS.map((word, n) =>
    file(`one-${n}.jsonl`, [{ id: `n${n}`, inputs: { message: `${word} and ${word}ish ${n}` } }]),
  );
  await Promise.all(files.map((path) => json('dataset', 'merge', name, path)));
  const lines = await json<{ size: number; added: number }[]>('dataset', 'versions', name);
  assert.equal(lines.at(-1)!.size, 12);
  assert.deepEqual(
    lines.map(({ added }) => added),
    [6, 1, 1, 1, 1, 1, 1],
  );
});

test('edits set, unset and remove by row, with values of any type', async () => {
  const name = await dataset();
  const changes = '--set expectations.route=plans --set inputs.meta.turn=3 --set tags.n=5';
  const both = ['edit', name, '--row', 'r0', '--row', 'r2', ...changes.split(' ')];
  const edited = await json('dataset', ...both, '--unset', 'inputs.message');
  assert.deepEqual(edited.changes, { added: 0, changed: 2, removed: 0 });
  const [first] = await rowsOf(edited.id);
  assert.deepEqual(first!.inputs, { meta: { turn: 3 } });
  assert.deepEqual(first!.expectations, { route: 'plans' });
  assert.equal(first!.tags['n'], '5');
  const cleared = await json(
    'dataset',
    'edit',
    name,
    '--row',
    'r0',
    '--unset',
    'expectations.route',
  );
  assert.equal((await rowsOf(cleared.id))[0]!.expectations, undefined);
  const removed = await json('dataset', 'edit', name, '--row', 'r1', '--row', 'r5', '--remove');
  assert.deepEqual(removed.changes, { added: 0, changed: 0, removed: 2 });
  assert.deepEqual(
    (await rowsOf(removed.id)).map(({ id }) => id),
    ['r0', 'r2', 'r3', 'r4'],
  );
  const back = await attune('dataset', 'merge', name, file('back.jsonl', [line(1), line(5)]));
  assert.equal(back.code, 0, back.err);
});

test('a difference tells fields of open rows, and of sealed rows nothing but how many', async () => {
  const name = await dataset();
  const secret = 'SECRET-CONTENT';
  const edited = ['--row', 'r0', '--row', 'r4', '--set', `inputs.message=${secret}`];
  const made = await json('dataset', 'edit', name, ...edited);
  assert.deepEqual(made.sealedChanges, { added: 0, changed: 1, removed: 0 });
  const { out } = await attune('dataset', 'diff', `${name}@1`, name);
  assert.match(out, /0 added, 1 changed, 0 removed\nand 1 sealed row: 0 added, 1 changed/);
  assert.match(out, /~ r0\n {4}inputs\.message: "apple .*" -> "SECRET-CONTENT"/);
  assert.doesNotMatch(out, /r4|ember/);
  const whole = await attune('dataset', 'diff', `${name}@1`, name, '--json');
  assert.doesNotMatch(whole.out, /r4|ember/);
  assert.equal(
    whole.out.split(secret).length - 1,
    2,
    'the open row alone: its content and its field',
  );
});

test('a row that becomes a near-duplicate of a sealed one retires the sealed conversation', async () => {
  const name = await dataset();
  const copied = await json(
    'dataset',
    'edit',
    name,
    '--row',
    'r3',
    '--set',
    `inputs.message=${line(5).inputs.message}`,
  );
  assert.match(copied.remarks.join('\n'), /sealed conversation.* retired/);
});
