import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Example } from '../../contracts/example.ts';
import type { RevisionAnswer } from '../../client/dataset/revise.ts';
import { rowsToRevise } from '../../db/examples.ts';
import type { ReceivedSpan } from '../../contracts/trace.ts';
import { importSpans, tagTraces } from '../../db/traces.ts';
import { received } from '../db/received.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { attuneHere, type Ran } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-datasets-'));
let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
});
after(() => rmSync(folder, { recursive: true }));

const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: 'rows' });
const json = async <T = RevisionAnswer>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await attune(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
};
const file = (name: string, rows: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
};

type Line = {
  id: string;
  inputs: { message: string };
  expectations?: object;
  tags: Record<string, string>;
};
const WORDS = ['apple', 'river', 'stone', 'cloud', 'ember', 'grove'];
/** Rows `r0` ... `r5`; the last two are sealed. */
const line = (n: number, message = `${WORDS[n]} `.repeat(8)): Line => ({
  id: `r${n}`,
  inputs: { message },
  expectations: { route: 'billing' },
  tags: { part: n < 4 ? 'train' : 'sealed', lang: n % 2 === 0 ? 'en' : 'de' },
});
const ALL = WORDS.map((_, n) => line(n));
let named = 0;
/** A dataset of its own with the rows r0 to r5. */
async function dataset(): Promise<string> {
  const name = `set-${(named += 1)}`;
  await json('dataset', 'import', name, file('all.jsonl', ALL), '--pin', 'part');
  return name;
}
const rowsOf = async (version: string): Promise<readonly Example[]> =>
  rowsToRevise(database.db, { project: 'rows', version });

test('a filter keeps or tags the rows it finds; where it reads content, sealed rows stay as they are', async () => {
  const name = await dataset();
  const ids = async (version: string) => (await rowsOf(version)).map(({ id }) => id);
  const english = await json('dataset', 'filter', name, 'tag.lang = en', '--as', `${name}-en`);
  assert.equal(english.id, `${name}-en@1`);
  assert.deepEqual(await ids(english.id), ['r0', 'r2', 'r4']);
  const read = await attune('dataset', 'filter', name, 'not inputs.message ~ APPLE');
  assert.match(
    read.err,
    /2 sealed rows are not compared with the filter, which reads content, and kept/,
  );
  assert.deepEqual(await ids(`${name}@2`), ['r1', 'r2', 'r3', 'r4', 'r5']);
  const tagged = await json(
    ...(['dataset', 'tag', `${name}@1`, 'text ~ "stone"', '--set', 'topic=rocks'] as const),
  );
  assert.deepEqual(tagged.changes, { added: 0, changed: 1, removed: 0 });
  const all = await json('dataset', 'tag', name, '--set', 'batch=3', '--unset', 'lang');
  assert.equal(all.changes.changed, 6);
  assert.equal(all.sealedChanges.changed, 2);
  assert.deepEqual((await rowsOf(all.id))[2]!.tags, { part: 'train', topic: 'rocks', batch: '3' });
  const shown = await json<Example[]>('dataset', 'show', name, '--filter', 'tag.topic = rocks');
  assert.deepEqual(
    shown.map(({ id }) => id),
    ['r2'],
  );
});

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
  const name = `set-${(named += 1)}`;
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

const digit = (n: number, length: number): string => String(n).repeat(length);
/** Traces 1 to 3: answered, failed, and one without inputs; 1 and 2 are of one session. */
async function traced(): Promise<readonly string[]> {
  const root = (n: number, changes: Partial<ReceivedSpan>) =>
    received('a', { trace: digit(n, 32), start: n, end: n + 100, ...changes });
  await importSpans(database.db, {
    project: 'rows',
    spans: [
      root(1, { session: 'talk', inputs: { question: 'dolphins or whales' }, outputs: 'dolphins' }),
      root(2, { session: 'talk', inputs: 'and now', status: 'ERROR', message: 'out of fish' }),
      root(3, {}),
    ],
  });
  await tagTraces(database.db, {
    project: 'rows',
    ids: [digit(1, 32)],
    tags: { eval: 'complete' },
  });
  return [1, 2, 3].map((n) => digit(n, 32));
}

test('traces become rows that keep the link; taking them again changes nothing, not even what was edited', async () => {
  await json('dataset', 'import', 'placing', file('all.jsonl', ALL), '--pin', 'part');
  const [first, second] = await traced();
  const made = await attune('dataset', 'from-traces', 'asked', 'start > 1970-01-01');
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /1 trace without inputs left out/);
  const rows = await rowsOf('asked@1');
  assert.deepEqual(
    rows.map(({ id, conversation, source, inputs, outputs, tags }) => ({
      id,
      conversation,
      source,
      inputs,
      outputs,
      tags,
    })),
    [
      {
        id: first,
        conversation: 'talk',
        source: { trace: first },
        inputs: { question: 'dolphins or whales' },
        outputs: { output: 'dolphins' },
        tags: { eval: 'complete' },
      },
      {
        id: second,
        conversation: 'talk',
        source: { trace: second },
        inputs: { input: 'and now' },
        outputs: undefined,
        tags: {},
      },
    ],
  );
  await json('dataset', 'edit', 'asked', '--row', first!, '--set', 'expectations.answer=whales');
  const again = await json('dataset', 'from-traces', 'asked');
  assert.equal(again.id, 'asked@2');
  assert.equal(again.created, false);
  const linked = await json('dataset', 'filter', 'asked', `trace = ${first}`);
  const [kept] = await rowsOf(linked.id);
  assert.deepEqual([kept!.source, kept!.expectations], [{ trace: first }, { answer: 'whales' }]);
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

test('what cannot be done ends with 2, says why, and makes no version', async () => {
  const name = await dataset();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['merge', 'nothing', file('x.jsonl', [line(0)])],
      /dataset `nothing` is not there; see `attune dataset list`/,
    ],
    [['merge', name, join(folder, 'none.jsonl')], /there is no such file/],
    [['merge', name, file('bad.jsonl', [{ inputs: 5 }])], /bad\.jsonl:1: inputs/],
    [
      ['merge', name, file('moved.jsonl', [{ ...line(0), conversation: 'other' }])],
      /belongs to conversation/,
    ],
    [['edit', name, '--set', 'tags.a=b'], /--row: is needed/],
    [['edit', name, '--row', 'r0'], /--set: is needed/],
    [['edit', name, '--row', 'r0', '--set', 'id=new'], /`id` is no field of a row; use inputs\.x/],
    [['edit', name, '--row', 'r0', '--set', 'tags.a'], /`tags\.a` is not field=value/],
    [['edit', name, '--row', 'r0', '--row', 'r77', '--remove'], /--row r77: is no row of set-/],
    [
      ['edit', name, '--row', 'r0', '--remove', '--set', 'tags.a=b'],
      /leave --set and --unset away/,
    ],
    [['edit', name, ...ALL.flatMap(({ id }) => ['--row', id]), '--remove'], /the dataset is empty/],
    [['filter', name, 'tag.lang = fr'], /tag\.lang = fr: finds no row of set-/],
    [
      ['filter', name, 'latency_ms > 5'],
      /filter, column 1: `latency_ms` is no column of a row; there are id/,
    ],
    [['filter', name, 'tag.lang > 5'], /`tag\.lang` is a text: use =, != or ~/],
    [['filter', name, 'inputs.n > many'], /compares with a number, and `many` is none/],
    [['filter', name, 'id = r0 id = r1'], /column 9: `id` follows a whole comparison/],
    [['filter', name, 'id = r0', '--as', 'Not OK'], /`Not OK` is no name/],
    [['tag', name, 'id = r0'], /--set: is needed/],
    [['tag', name, '--row', 'r99', '--set', 'a=b'], /--row r99: is no row/],
    [['from-traces', 'x', 'status = FINE'], /a status is OK or ERROR/],
    [['from-traces', 'x', 'name = nobody'], /finds no trace; try it with `attune trace search`/],
    [['from-traces', 'x', '--limit', 'few'], /--limit: `few` is no number/],
    [['diff', name, `${name}@9`], /dataset `set-\d+@9` is not there/],
    [['versions', 'nothing'], /dataset `nothing` does not exist/],
  ];
  for (const [args, message] of cases) {
    const { code, err, out } = await attune('dataset', ...args);
    assert.match(err + out, message);
    assert.equal(code, 2, err);
  }
  assert.equal((await json<object[]>('dataset', 'versions', name)).length, 1);
});
