import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listAudit } from '../../db/audit.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { getExamples, rowsToRevise } from '../../db/data/examples.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { importRows, PROJECT } from '../db/fixture.ts';
import { type Fields, postForm } from './forms.ts';
import { asOwner, type RunningServer, startServer } from './http.ts';

let database: OpenDatabase;
let open: RunningServer;
before(async () => {
  database = await openDatabase();
  await importRows(database.db);
  open = await startServer({ DATABASE_URL: database.url });
});
after(() => open.stop());

const post = (path: string, fields: Fields) => postForm(open, { path, fields });

const hashOf = async (id: string): Promise<string> => {
  const { id: version } = await getDataset(database.db, { project: PROJECT, id: 'messages' });
  return (await getExamples(database.db, { project: PROJECT, version, ids: [id] }))[0]!.hash;
};
const newest = async (): Promise<string> =>
  (await getDataset(database.db, { project: PROJECT, id: 'messages' })).id;

test('a row is edited into a new version, the old one stays, and a stale edit is refused', async () => {
  const hash = await hashOf('train-1');
  const path = '/datasets/messages/rows/train-1';
  const texts = { inputs: '{"message": "mended"}', expectations: '{"route": "plans"}', tags: '' };
  const made = await post(path, { hash, ...texts });
  assert.deepEqual([made.status, made.to], [303, '/datasets/messages@2?since=messages@1']);
  const at = (version: string) =>
    getExamples(database.db, { project: PROJECT, version, ids: ['train-1'] });
  assert.deepEqual((await at('messages@2'))[0]!.expectations, { route: 'plans' });
  assert.deepEqual((await at('messages@1'))[0]!.inputs, { message: 'message of train-1' });
  const page = await (await asOwner(open, made.to)).text();
  assert.match(page, /messages@2 beside[^]*0 added, 1 changed,\s+0\s+removed, by local owner/);
  assert.match(page, /<ins>\+[^<]*mended/);
  const stale = await post(path, { hash, ...texts, inputs: '{"message": "late"}' });
  assert.equal(stale.status, 409);
  assert.match(stale.text, /changed meanwhile/);
  const same = await post(path, { hash: await hashOf('train-1'), ...texts });
  assert.equal(same.to, '/datasets/messages@2?since=messages@2');
  const [audit] = await listAudit(database.db, { project: PROJECT, subject: 'messages@2' });
  assert.deepEqual([audit?.who, audit?.action], ['local owner', 'edit']);
});

test('what is no row is refused with what was typed, and nothing changes', async () => {
  const earlier = await newest();
  const path = '/datasets/messages/rows/train-1';
  for (const [inputs, fault] of [
    ['{"message": ', /inputs is no JSON/],
    ['[1]', /inputs: /],
    ['', /inputs: /],
  ] as const) {
    const { status, text } = await post(path, {
      hash: await hashOf('train-1'),
      inputs,
      tags: '{"keep": "typed"}',
    });
    assert.equal(status, 400, inputs);
    assert.match(text, fault);
    assert.match(text, /typed/);
  }
  const version = await post('/datasets/messages@1/tag', { tag: 'a', value: 'b', act: 'set' });
  assert.equal(version.status, 400);
  assert.match(version.text, /A version never changes/);
  assert.equal(await newest(), earlier);
});

test('a sealed row is neither shown nor edited, tagged or taken out', async () => {
  const earlier = await newest();
  const rows = await rowsToRevise(database.db, { project: PROJECT, version: earlier });
  const sealed = rows.find(({ id }) => id === 'sealed-1')!;
  const page = await asOwner(open, `/datasets/messages/rows/sealed-1`);
  assert.equal(page.status, 403);
  assert.doesNotMatch(await page.text(), /message of sealed/);
  const fields = { hash: sealed.hash, inputs: '{"message": "x"}' };
  const path = '/datasets/messages/rows/sealed-1';
  assert.equal((await post(path, fields)).status, 403);
  assert.equal((await post(`${path}/remove`, fields)).status, 403);
  assert.equal(await newest(), earlier);
  const only = { tag: 'seen', value: 'yes', act: 'set', q: 'part = sealed' };
  assert.equal((await post('/datasets/messages/tag', only)).status, 400);
  const all = await post('/datasets/messages/tag', { tag: 'seen', value: 'yes', act: 'set' });
  assert.equal(all.status, 303);
  const version = await newest();
  const later = await rowsToRevise(database.db, { project: PROJECT, version });
  const tagged = (part: (part: string) => boolean) =>
    later.filter((row) => part(row.part)).every(({ tags }) => tags['seen'] === 'yes');
  assert.ok(tagged((part) => part !== 'sealed'));
  assert.deepEqual(
    later.find(({ id }) => id === 'sealed-1'),
    sealed,
  );
});

test('the rows that a filter finds stay in a dataset of their own, with sealed rows that were not compared', async () => {
  const q = 'inputs.message ~ "of train"';
  const made = await post('/datasets/messages/filter', { q, as: 'trained' });
  assert.equal(made.status, 303);
  assert.match(made.to, /^\/datasets\/trained@1\?since=messages@/);
  const rows = await rowsToRevise(database.db, { project: PROJECT, version: 'trained@1' });
  assert.deepEqual(rows.map(({ id }) => id).sort(), ['sealed-1', 'sealed-2', 'train-2']);
  const page = await (await asOwner(open, `/datasets/trained@1`)).text();
  assert.doesNotMatch(page, /message of sealed/);
  const off = await post('/datasets/trained/tag', { q: 'id = train-2', tag: 'seen', act: 'unset' });
  assert.equal(off.to, '/datasets/trained@2?since=trained@1');
  const taken = await post('/datasets/trained/rows/train-2/remove', {
    hash: (
      await getExamples(database.db, {
        project: PROJECT,
        version: 'trained@2',
        ids: ['train-2'],
      })
    )[0]!.hash,
  });
  assert.equal(taken.to, '/datasets/trained@3?since=trained@2');
});
