import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Db } from '../../db/connect.ts';
import { countParts, getDataset, listDatasets, listExamples } from '../../db/data/datasets.ts';
import { importDataset, type Known } from '../../db/data/import.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { ensureProject } from '../../db/projects.ts';
import { openDatabase } from './database.ts';
import { example, importRows, placeByTag, PROJECT, ROWS } from './fixture.ts';

let db: Db;
beforeEach(async () => {
  ({ db } = await openDatabase());
});

const TUNE = ['align-labels', 'judge-test', 'train', 'validation'] as const;

test('equal rows are the same version, and a changed row makes the next', async () => {
  const first = await importRows(db);
  const again = await importRows(db);
  const changed = ROWS.map((row) =>
    row.id === 'train-1' ? example(row.id, { inputs: { message: 'new' }, tags: row.tags }) : row,
  );
  const second = await importRows(db, changed);
  assert.equal(first.version.id, 'messages@1');
  assert.deepEqual(again.version, first.version);
  assert.deepEqual([first.created, again.created, second.created], [true, false, true]);
  assert.equal(second.version.id, 'messages@2');
  assert.equal((await importRows(db)).version.id, 'messages@1');
  assert.equal((await getDataset(db, { project: PROJECT, id: 'messages' })).number, 2);
  const old = await listExamples(db, { project: PROJECT, version: 'messages@1', parts: TUNE });
  assert.deepEqual(old.find((row) => row.id === 'train-1')?.inputs, {
    message: 'message of train-1',
  });
});

test('rows come back as they were given, in their order, with their part', async () => {
  const rows = [
    example('b', {
      inputs: { z: 1, a: { deep: [null, 'é', '\u0000'] } },
      outputs: { route: 'billing' },
      expectations: { route: 'plans' },
      tags: { part: 'train' },
    }),
    example('a', { tags: { part: 'train' } }),
  ];
  const { version } = await importRows(db, rows);
  const found = await listExamples(db, { project: PROJECT, version: version.id, parts: TUNE });
  assert.deepEqual(
    found,
    rows.map((row) => ({ ...row, part: 'train', group: row.conversation })),
  );
  assert.deepEqual(Object.keys(found[0]!.inputs), ['z', 'a']);
});

test('an import that fails half-way leaves nothing behind, not even its project', async () => {
  const failing = importDataset(db, {
    project: PROJECT,
    name: 'messages',
    examples: ROWS,
    gold: { 'no-such-row': 'billing' },
    place: placeByTag(ROWS),
  });
  await assert.rejects(failing, /`no-such-row`: has gold but is no row.*nothing was imported/);
  assert.deepEqual(await listDatasets(db, { project: PROJECT }), []);
  assert.deepEqual(await db.selectFrom('project').selectAll().execute(), []);
  assert.deepEqual(await db.selectFrom('membership').selectAll().execute(), []);
});

test('an id that stands twice with different content is refused', async () => {
  const rows = [example('x'), example('x', { inputs: { message: 'other' } })];
  await assert.rejects(importRows(db, rows), /example `x`: stands twice with different content/);
  await assert.rejects(importRows(db, []), { name: 'ImportError' });
});

test('a row cannot change its conversation, and with it its part', async () => {
  await importRows(db, [example('x', { tags: { part: 'sealed' } })]);
  const moved = example('x', { conversation: 'another', tags: { part: 'sealed' } });
  await assert.rejects(importRows(db, [moved]), /belongs to conversation `c-x` since an earlier/);
});

test('a later import sees what was placed, in order, and places only what is new', async () => {
  await importRows(db, [example('b'), example('a')]);
  let seen: readonly Known[] = [];
  const rows = [example('a'), example('c')];
  await importDataset(db, {
    project: PROJECT,
    name: 'others',
    examples: rows,
    place: (split) => {
      seen = split.known;
      assert.equal(split.sealed, 0.45);
      return placeByTag(rows)(split);
    },
  });
  assert.deepEqual(
    seen.map((at) => [at.conversation, at.rows]),
    [
      ['c-b', [{ message: 'message of b' }]],
      ['c-a', [{ message: 'message of a' }]],
    ],
  );
  const placed = await listMemberships(db, { project: PROJECT });
  assert.deepEqual(
    placed.map((at) => at.conversation),
    ['c-b', 'c-a', 'c-c'],
  );
});

test('the salt of a project is the first one given, else random', async () => {
  const first = await ensureProject(db, { project: 'salted', salt: 'pepper' });
  assert.equal(first.splitSalt, 'pepper');
  const again = await ensureProject(db, { project: 'salted', salt: 'sugar' });
  assert.equal(again.splitSalt, 'pepper');
  const random = await ensureProject(db, { project: 'random' });
  assert.match(random.splitSalt, /^[0-9a-f]{64}$/);
  const named = await ensureProject(db, { project: 'random', salt: 'pepper' });
  assert.equal(named.splitSalt, 'pepper', 'a drawn salt gives way to one that is named');
});

test('the parts of a version are counted in conversations, rows and clusters', async () => {
  const rows = [
    ...ROWS,
    example('sealed-3', { conversation: 'c-sealed-1', tags: { part: 'sealed' } }),
  ];
  const { version } = await importRows(db, rows);
  const parts = await countParts(db, { project: PROJECT, version: version.id });
  assert.deepEqual(parts.sealed, { conversations: 2, rows: 3, clusters: 2, retired: 0, open: 2 });
  assert.deepEqual(parts.train, { conversations: 2, rows: 2, clusters: 2, retired: 0, open: 2 });
});

test('two imports of the same rows at once make one version', async () => {
  const ended = await Promise.all(Array.from({ length: 6 }, () => importRows(db)));
  assert.equal(ended.filter(({ created }) => created).length, 1);
  assert.equal((await listDatasets(db, { project: PROJECT })).length, 1);
});
