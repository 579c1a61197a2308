import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { openLabelSession, type OpenSession } from '../server/session.ts';
import { attuneHere, type Ran } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-nouns-'));
let database: OpenDatabase;
let open: OpenSession;
before(async () => {
  database = await openDatabase();
  open = await openLabelSession(database.db);
});
after(() => rmSync(folder, { recursive: true }));

const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: 'test' });
const json = async (...args: readonly string[]): Promise<unknown> => {
  const { code, out, err } = await attune(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out);
};
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('equal content is the same version of a prompt, and a diff shows what changed', async () => {
  const one = file('one.md', 'Be brief.\nBe kind.\n');
  const two = file('two.md', 'Be brief.\nBe exact.\n');
  assert.match((await attune('prompt', 'register', 'tone', one)).out, /tone@1 registered/);
  assert.match((await attune('prompt', 'register', 'tone', one)).out, /tone@1 is there already/);
  await attune('prompt', 'register', 'tone', two, '--message', 'exact');
  assert.equal(
    (await attune('prompt', 'diff', 'tone@1', 'tone@2')).out,
    '  Be brief.\n- Be kind.\n+ Be exact.\n',
  );
  assert.match((await attune('prompt', 'list', 'tone')).out, /tone@2 .*exact/);
  assert.match((await attune('prompt', 'show', 'tone')).out, /Be exact\./);
});

test('no alias is a number, which stands for a version, or a name that no reference can hold', async () => {
  for (const alias of ['1', '42', 'in production', '']) {
    const { code, err } = await attune('prompt', 'alias', 'tone', alias, '1', '--why', 'a slip');
    assert.equal(code, 2, alias);
    assert.match(err, /alias: (a number stands for a version|use 1 to 100)/);
  }
});

test('an alias moved by hand is an override for ever, and rollback returns to the version before', async () => {
  const by = ['--why', 'tried by hand'];
  assert.equal((await attune('prompt', 'alias', 'tone', 'production', '1', ...by)).code, 0);
  assert.match(
    (await attune('prompt', 'alias', 'tone', 'production', '2', ...by)).out,
    /1 -> 2 \(override\)/,
  );
  assert.match((await attune('prompt', 'rollback', 'tone', '--why', 'worse')).out, /2 -> 1/);
  const moves = (await json('prompt', 'history', 'tone')) as {
    to: number;
    override: boolean;
    who: string;
  }[];
  assert.deepEqual(
    moves.map(({ to, override, who }) => [to, override, who]),
    [
      [1, false, 'tester'],
      [2, true, 'tester'],
      [1, false, 'tester'],
    ],
  );
});

test('a version with other template variables ends with 2 and the remedy, unless the agent was changed', async () => {
  const texts = ['Answer {{question}}.', 'Answer {{query}}.'];
  for (const [n, text] of texts.entries())
    await attune('prompt', 'register', 'filled', file(`filled-${n}.md`, text));
  const to = (version: string, ...more: readonly string[]) =>
    attune('prompt', 'alias', 'filled', 'production', version, '--why', 'by hand', ...more);
  assert.equal((await to('1')).code, 0);
  const { code, err } = await to('2');
  assert.equal(code, 2);
  assert.match(
    err,
    /filled@2 drops the template variables \{\{question\}\} and adds \{\{query\}\}.*--other-variables/,
  );
  assert.match((await to('2', '--other-variables')).out, /1 -> 2 \(override\)/);
  const rollback = ['prompt', 'rollback', 'filled', '--why', 'worse'];
  assert.equal((await attune(...rollback)).code, 2);
  assert.match((await attune(...rollback, '--other-variables')).out, /2 -> 1 \(rollback\)/);
});

test('versions, aliases and prompts that are not there end with 2 and say what is', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['prompt', 'show', 'nobody'], /prompt `nobody` is not there; see `attune prompt list`/],
    [['prompt', 'show', 'tone@staging'], /alias `tone@staging` is not there; set it with/],
    [['prompt', 'alias', 'tone', 'production', '9', '--why', 'x'], /prompt `tone@9` is not there/],
    [
      ['prompt', 'alias', 'tone', 'production', 'two', '--why', 'x'],
      /`two` is not the number of a version/,
    ],
    [
      ['prompt', 'alias', 'tone', 'production', '1'],
      /required option '--why <text>' not specified/,
    ],
    [['prompt', 'rollback', 'router', '--why', 'x'], /no recorded predecessor/],
    [['prompt', 'register', 'Bad Name', file('b.md', 'x')], /prompt name `Bad Name`: use 1 to 100/],
    [['judge', 'show', 'nobody'], /judge `nobody` is not there/],
    [['dataset', 'split', 'nothing'], /dataset `nothing` is not there/],
    [['dataset', 'show', 'messages', '--part', 'test'], /`test` is none of align-labels/],
    [['label', 'show', 'none'], /label session `none`/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await attune(...args);
    assert.match(err, message);
    assert.equal(code, 2, err);
  }
});

test('a judge is made of its file, and every fault of the file has its line', async () => {
  const good = file(
    'good.yaml',
    'name: tone\ninstructions: Is {{outputs}} kind?\nvalue: { type: boolean }\n',
  );
  assert.match((await attune('judge', 'create', good)).out, /tone@1 created/);
  assert.match((await attune('judge', 'create', good)).out, /tone@1 is there already/);
  const bad = file(
    'bad.yaml',
    'name: tone\nvalue: { type: integer, min: 5, max: 1 }\ninstructions: Is {{reply}} kind?\n',
  );
  const { code, err } = await attune('judge', 'create', bad);
  assert.equal(code, 2);
  assert.match(err, /bad\.yaml:3: instructions name the unknown variable \{\{reply\}\}/);
  assert.match(err, /bad\.yaml:2: value: min 5 must be below max 1/);
});

test('a dataset is imported once, split for ever, and its sealed rows are not shown', async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ id: `q${i}`, inputs: { q: `question ${i * 31} of kind ${i}` } }),
  );
  const path = file('rows.jsonl', rows.join('\n'));
  assert.match(
    (await attune('dataset', 'import', 'questions', path)).out,
    /questions@1 imported: 60 rows in 60 conversations/,
  );
  assert.match(
    (await attune('dataset', 'import', 'questions', path)).out,
    /questions@1 is there already/,
  );
  const split = (await json('dataset', 'split', 'questions')) as {
    parts: Record<string, { rows: number }>;
  };
  assert.equal(
    Object.values(split.parts).reduce((sum, part) => sum + part.rows, 0),
    60,
  );
  const shown = (await json('dataset', 'show', 'questions')) as { part: string }[];
  assert.equal(shown.length, 60 - (split.parts['sealed']?.rows ?? 0));
  assert.ok(shown.every(({ part }) => part !== 'sealed'));
  const sealed = await attune('dataset', 'show', 'questions', '--part', 'sealed');
  assert.deepEqual([sealed.code, /is sealed: only the gate reads it/.test(sealed.err)], [2, true]);
});

test('unsealing shows the rows and retires their conversations', async () => {
  const rows = (await json(
    'dataset',
    'show',
    'questions',
    '--part',
    'sealed',
    '--unseal',
  )) as object[];
  const { parts } = (await json('dataset', 'split', 'questions')) as {
    parts: Record<string, { rows: number; retired: number }>;
  };
  assert.equal(rows.length, parts['sealed']?.rows);
  assert.equal(parts['sealed']?.retired, rows.length);
});

test('labels are imported all or none, and what is exported can be imported again', async () => {
  const line = (trace: number, changes: object = {}): string =>
    JSON.stringify({
      trace_id: open.traces[trace],
      rater: 'ana',
      name: 'routing',
      value: true,
      ...changes,
    });
  const bad = file('bad-labels.jsonl', [line(0), '', line(1, { value: 'yes' })].join('\n'));
  const refused = await attune('label', 'import', bad);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /bad-labels\.jsonl:3: value "yes" is not true or false/);
  assert.deepEqual(await json('label', 'export'), []);

  const good = file(
    'labels.jsonl',
    [line(0), line(1, { value: false, rationale: 'no' })].join('\n'),
  );
  assert.match((await attune('label', 'import', good)).out, /2 labels: 2 new/);
  const { out } = await attune('label', 'export');
  const again = await json('label', 'import', file('again.jsonl', out));
  assert.deepEqual(again, { created: 0, superseded: 0, unchanged: 2, late: 0 });
  assert.match((await attune('label', 'list')).out, /demo\/1\/1 +open +routing@1 +4 +2 +8/);
  assert.match((await attune('label', 'show', open.session)).out, /ana +false +no/);
});

test('a cycle that cannot be pooled or watched is invalid input, with the reason', async () => {
  const pool = await attune('cycle', 'pool', 'demo/1');
  assert.deepEqual(
    [pool.code, pool.err],
    [2, 'attune: demo/1: is running; only an inconclusive part can be pooled\n'],
  );
  const watch = await attune('promote', 'watch', 'start', 'demo/1');
  assert.deepEqual(
    [watch.code, watch.err],
    [2, 'attune: demo/1: promoted nothing: there is nothing to watch\n'],
  );
});
