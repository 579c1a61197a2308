import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { testTemporal } from '../services.ts';
import { attune, attuneHere, type Ran } from './cli.ts';

let database: OpenDatabase;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'attune-start-'));

before(async () => {
  database = await openDatabase({ max: 2 });
  const temporal = await testTemporal();
  env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ATTUNE_SPLIT_SALT: 'salt',
  };
});
after(() => rmSync(folder, { recursive: true }));

const ROWS = Array.from({ length: 40 }, (_, i) =>
  JSON.stringify({ id: `r${i}`, inputs: { message: `message ${i} about subject ${i * 7}` } }),
).join('\n');
const JUDGE =
  'name: j\ninstructions: "Is {{outputs}} right for {{inputs}}?"\nvalue: { type: boolean }\n';
const SPEC = [
  'cycle: c',
  'dataset: { name: d, path: rows.jsonl }',
  'agent: { kind: prompt, name: a, prompt: p }',
  'prompts: { p: p.md }',
  'judge: judge.yaml',
].join('\n');

type Files = {
  readonly spec?: string;
  readonly rows?: string;
  readonly judge?: string;
  readonly prompt?: string;
};
let count = 0;

async function start(
  { spec = SPEC, rows = ROWS, judge = JUDGE, prompt = 'Answer.' }: Files,
  args: readonly string[] = [],
): Promise<Ran> {
  const place = join(folder, String(count++));
  mkdirSync(place);
  for (const [name, text] of Object.entries({
    'cycle.yaml': spec,
    'rows.jsonl': rows,
    'judge.yaml': judge,
    'p.md': prompt,
  }))
    writeFileSync(join(place, name), text);
  return attuneHere(['cycle', 'start', join(place, 'cycle.yaml'), ...args], env);
}

const everything = async (): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select (select count(*) from project) + (select count(*) from example) + (select count(*) from scorer)
      + (select count(*) from prompt) + (select count(*) from cycle) as n`.execute(database.db);
  return Number(rows[0]?.n);
};

test('each bad input is refused with its place, ends with 2, and leaves nothing behind', async () => {
  const cases: readonly (readonly [Files, RegExp])[] = [
    [{ rows: `${ROWS}\n{"id":"x","inputs":` }, /rows\.jsonl:41: not JSON/],
    [{ rows: '' }, /rows\.jsonl: holds no example/],
    [
      { judge: JUDGE.replace('{{outputs}}', '{{answer}}') },
      /judge\.yaml:2: .*unknown variable \{\{answer\}\}/,
    ],
    [{ spec: `${SPEC}\nlabels: { raters: 2 }` }, /cycle\.yaml:6: labels: is not a known field/],
    [
      { spec: SPEC.replace('p.md', 'null') },
      /cycle\.yaml:4: prompts\.p: has no alias `production`/,
    ],
    [{ spec: SPEC.replace('p.md', 'none.md') }, /none\.md: there is no such file/],
    [{ prompt: '\n' }, /p\.md: holds no text/],
    [{ spec: SPEC.replace('judge.yaml', 'nobody') }, /cycle\.yaml:5: no scorer is named `nobody`/],
    [
      { spec: SPEC.replace('{ name: d, path: rows.jsonl }', 'nothing') },
      /dataset `nothing` is not there/,
    ],
    [{ spec: SPEC.replace('{ kind: prompt, name: a, prompt: p }', 'ghost') }, /agent `ghost`/],
    [{ spec: SPEC.replace('prompt: p }', 'prompt: q }') }, /does not ask for/],
  ];
  for (const [files, message] of cases) {
    const { code, err } = await start(files);
    assert.match(err, message);
    assert.equal(code, 2, err);
    assert.equal(await everything(), 0);
  }
});

test('faults of several files are told together', async () => {
  const { code, err } = await start({
    rows: '{',
    judge: JUDGE.replace('{{outputs}}', '{{answer}}'),
  });
  assert.equal(code, 2);
  assert.match(err, /rows\.jsonl:1: not JSON/);
  assert.match(err, /judge\.yaml:2: /);
});

test('a good spec starts cycle 1, and 2 beside it only when forced, on the same versions, with ids, search attributes and how to watch', async () => {
  const first = await start({}, ['--json']);
  assert.equal(first.code, 0, first.err);
  const started = JSON.parse(first.out) as { id: string; number: number };
  assert.deepEqual([started.id, started.number], ['cycle/default/c/1', 1]);
  const refused = await start({});
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /c\/1 is under way.*nothing was started/);
  assert.match(refused.err, /cycle watch c\/1.*cycle cancel c\/1.*--force/);
  const second = await start({}, ['--force']);
  assert.match(second.err, /Started cycle\/default\/c\/2/);
  assert.match(second.out, /npx attune cycle watch cycle\/default\/c\/2/);

  const listed = await attuneHere(['cycle', 'list', '--json'], env);
  const cycles = JSON.parse(listed.out) as {
    id: string;
    dataset: string;
    judge: string;
    incumbent: object;
  }[];
  assert.deepEqual(
    cycles.map(({ id, dataset, judge, incumbent }) => ({ id, dataset, judge, incumbent })),
    [2, 1].map((n) => ({
      id: `cycle/default/c/${n}`,
      dataset: 'd@1',
      judge: 'j@1',
      incumbent: { p: 1 },
    })),
  );
  const shown = await attune(
    ['temporal', 'workflow', 'describe', '--workflow-id', 'cycle/default/c/1', '--output', 'json'],
    { env },
  );
  assert.match(shown.out, /AttuneCycle/);
  const history = await attuneHere(['prompt', 'history', 'p', '--json'], env);
  const [move] = JSON.parse(history.out) as { to: number; override: boolean; who: string }[];
  assert.deepEqual([move?.to, move?.override, move?.who], [1, false, 'tester']);
});

test('Ctrl-C leaves a watched cycle running and says how to come back', async () => {
  await start({});
  const { code, err } = await attune(['cycle', 'watch', 'c/1'], {
    env,
    interruptWhen: (said) => /Watching/.test(said),
  });
  assert.equal(code, 6);
  assert.match(err, /goes on without us.*npx attune cycle watch cycle\/default\/c\/1/);
  const described = await attune(
    ['temporal', 'workflow', 'describe', '--workflow-id', 'cycle/default/c/1'],
    { env },
  );
  assert.match(described.out, /StartTime/);
  assert.doesNotMatch(described.out, /CloseTime/);
});

test('a report that is not there yet and a cycle that never was end with 2', async () => {
  const early = await attuneHere(['cycle', 'report', 'c/1'], env);
  assert.deepEqual(
    [early.code, /report of `cycle\/default\/c\/1` is not there/.test(early.err)],
    [2, true],
  );
  const never = await attuneHere(['cycle', 'show', 'c/99'], env);
  assert.deepEqual([never.code, /cycle `c\/99` is not there/.test(never.err)], [2, true]);
  const odd = await attuneHere(['cycle', 'show', 'a/b/c/d/e'], env);
  assert.deepEqual([odd.code, /is not a cycle/.test(odd.err)], [2, true]);
});

test('the signal reaches a cycle with no worker up; cancel too', async () => {
  const told = await attuneHere(['cycle', 'labeling-complete', 'c/1'], env);
  assert.deepEqual([told.code, /Signalled cycle\/default\/c\/1/.test(told.out)], [0, true]);
  const cancelled = await attuneHere(['cycle', 'cancel', 'c/1', '--json'], env);
  assert.deepEqual(JSON.parse(cancelled.out), { cancelling: 'cycle/default/c/1' });
});

test('of a cycle that has ended, cancel says so and ends with 2', async () => {
  const terminate = ['temporal', 'workflow', 'terminate', '--workflow-id', 'cycle/default/c/1'];
  assert.equal((await attune(terminate, { env })).code, 0);
  const { code, err } = await attuneHere(['cycle', 'cancel', 'c/1'], env);
  assert.deepEqual(
    [code, /running cycle `cycle\/default\/c\/1` is not there/.test(err)],
    [2, true],
  );
});
