import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rowsToRevise } from '../../../db/data/examples.ts';
import { outputsOf } from '../../../db/runs/outputs.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { outputs, PROJECT, ROWS } from '../../db/fixture.ts';
import { openLabelSession } from '../../server/session.ts';
import { hashJson } from '../../../contracts/hash.ts';
import { attuneHere } from '../cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-drafts-'));
const drafts = join(folder, 'drafts.jsonl');
let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
  await openLabelSession(database.db);
});
after(() => rmSync(folder, { recursive: true }));

const attune = (...args: readonly string[]) =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT });

/** What two raters say of traces 0 to 2: they agree on right, disagree, agree on wrong; nobody looks at the fourth. */
const LABELS = [
  ['trace-0', 'ada', true],
  ['trace-0', 'bob', true],
  ['trace-1', 'ada', true],
  ['trace-1', 'bob', false],
  ['trace-2', 'ada', false],
  ['trace-2', 'bob', false],
].map(([trace_id, rater, value]) => JSON.stringify({ trace_id, rater, name: 'routing', value }));

test('only outputs that people agree are right become drafts, and nothing changes until a person merges them', async () => {
  const early = await attune('dataset', 'draft', 'messages', drafts, '--label', 'routing');
  assert.equal(early.code, 2);
  assert.match(early.err, /no output of the 8 rows without expectations is labelled right/);
  const labels = join(folder, 'labels.jsonl');
  writeFileSync(labels, LABELS.join('\n'));
  const imported = await attune('label', 'import', labels);
  assert.equal(imported.code, 0, imported.err);
  const nowhere = join(folder, 'none', 'drafts.jsonl');
  const lost = await attune('dataset', 'draft', 'messages', nowhere, '--label', 'routing');
  assert.deepEqual([lost.code, /cannot be written: there is no folder/.test(lost.err)], [2, true]);
  const made = await attune('dataset', 'draft', 'messages', drafts, '--label', 'routing');
  assert.match(made.out, /1 row drafted .*; 7 without expectations/);
  assert.match(made.out, /approve it: npx attune dataset merge messages /);
  const [line, ...others] = readFileSync(drafts, 'utf8').trim().split('\n');
  assert.deepEqual(others, []);
  const drafted = JSON.parse(line!) as { id: string; expectations: object };
  assert.deepEqual([drafted.id, drafted.expectations], ['align-labels-1', outputs('billing')]);
  assert.match((await attune('dataset', 'versions', 'messages')).out, /messages@1/);
  const merged = await attune('dataset', 'merge', 'messages', drafts);
  assert.match(merged.out, /messages@2 made from messages@1: 0 added, 1 changed/);
  const rows = await rowsToRevise(database.db, { project: PROJECT, version: 'messages@2' });
  assert.deepEqual(
    rows.filter((row) => row.expectations !== undefined).map(({ id }) => id),
    ['align-labels-1'],
  );
});

test('outputs of sealed rows are never handed out', async () => {
  const sealed = ROWS.filter(({ tags }) => tags['part'] === 'sealed').map(({ id }) => id);
  const items = ['align-labels-1', ...sealed].map((example) => ({
    example,
    outputHash: hashJson(outputs('billing')),
  }));
  await database.db
    .updateTable('rollout')
    .set({ example: sealed[0]! })
    .where('example', '=', 'align-labels-2')
    .execute();
  const found = await outputsOf(database.db, { project: PROJECT, items });
  assert.deepEqual([...found.keys()], [`align-labels-1#${hashJson(outputs('billing'))}`]);
});
