import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readJudgeEntry } from '../../client/import/scorer.ts';
import { readSpec } from '../../client/spec/read.ts';
import { identify } from '../../stack/index.ts';
import { attune, attuneHere } from './cli.ts';

test('an unknown noun, verb or flag ends with 2 and a hint', async () => {
  const noun = await attune(['cylce', 'list']);
  assert.equal(noun.code, 2);
  assert.match(noun.err, /unknown command 'cylce'[\s\S]*Did you mean cycle\?/);
  const verb = await attuneHere(['cycle', 'lst']);
  assert.equal(verb.code, 2);
  assert.match(verb.err, /unknown command 'lst'[\s\S]*Did you mean list\?/);
  const flag = await attuneHere(['cycle', 'list', '--jsn']);
  assert.equal(flag.code, 2);
  assert.match(flag.err, /unknown option '--jsn'[\s\S]*--json/);
});

test('a missing argument and a noun alone end with 2 and what is expected', async () => {
  const missing = await attuneHere(['dataset', 'import', 'only-a-name']);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /missing required argument 'file'/);
  const alone = await attuneHere(['cycle']);
  assert.equal(alone.code, 2);
  assert.match(alone.err, /labeling-complete/);
});

test('a search without its options is told each by the name it has on the command line', async () => {
  const { code, err } = await attuneHere(['optimize']);
  const missing = ['dataset', 'agent', 'prompt', 'judge'].map((name) => `--${name}: is missing`);
  assert.deepEqual([code, err], [2, `attune: ${missing.join('\n')}\n`]);
});

test('help and version end with 0', async () => {
  assert.equal((await attuneHere(['--help'])).code, 0);
  const version = await attune(['--version']);
  assert.deepEqual([version.code, version.out.trim()], [0, '0.1.0']);
});

test('a reader that goes before the end of the output changes no exit code and leaves no stack trace', async () => {
  const { code, err } = await attune(['--help'], { readerGoes: true });
  assert.deepEqual([code, err], [0, '']);
});

test('without a stack a command says how to start one and ends with 1', async () => {
  for (const args of [
    ['cycle', 'list'],
    ['dataset', 'list'],
    ['prompt', 'list'],
    ['judge', 'list'],
  ]) {
    const { code, err } = await attuneHere(args);
    assert.equal(code, 1);
    assert.match(err, /No stack runs on .*\n.*npx attune up.*DATABASE_URL/);
  }
});

test('a second `up --detach` says in a line that a stack runs already, and ends with 2', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'attune-held-'));
  writeFileSync(join(dataDir, 'lock.json'), JSON.stringify(identify(process.pid)));
  const { code, out, err } = await attuneHere(['up', '--detach'], { ATTUNE_DATA: dataDir });
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /^attune: A stack already runs on .* \(process \d+\)\..*\n$/);
  rmSync(dataDir, { recursive: true });
});

test('a stack in the background that cannot start ends with the code and the words of one in front', async () => {
  const env = { ATTUNE_MODEL: 'large-1' };
  const front = await attune(['up'], { env });
  const behind = await attune(['up', '--detach'], { env });
  assert.equal(front.code, 2, front.err);
  assert.equal(behind.code, 2, behind.err);
  const said = front.err.split('attune: ')[1];
  assert.equal(behind.err.split('attune: The stack did not come up: ')[1], said);
});

test("without a stack Temporal's own command line says first whose address it takes", async () => {
  const { code, err } = await attune(['temporal', '--version']);
  assert.equal(code, 0, err);
  assert.match(err, /no stack runs on .*`npx attune up` starts a stack/);
});

test('under --json an error is one JSON document on stderr', async () => {
  const { code, out, err } = await attune(['cycle', 'start', 'nowhere.yaml', '--json']);
  assert.equal(code, 2);
  assert.equal(out, '');
  const { error } = JSON.parse(err) as { error: { kind: string; faults: unknown } };
  assert.equal(error.kind, 'InvalidInputError');
  assert.deepEqual(error.faults, [{ at: 'nowhere.yaml', message: 'there is no such file' }]);
});

test('under --json words that make no command are an error like every other', async () => {
  const cases = [
    ['trace search x --limt 3', "unknown option '--limt'", '(Did you mean --limit?)'],
    ['dataset import only-a-name', "missing required argument 'file'", undefined],
    [
      'judge align judge --seed many',
      "option '--seed <n>' argument 'many' is invalid. It must be a whole number.",
      undefined,
    ],
  ] as const;
  for (const [words, message, hint] of cases) {
    const { code, out, err } = await attuneHere([...words.split(' '), '--json']);
    const { error } = JSON.parse(err) as { error: Record<string, string> };
    assert.deepEqual([code, out, error['kind']], [2, '', 'UsageError']);
    assert.deepEqual([error['message'], error['hint']], [message, hint]);
  }
});

test('a database that does not answer ends with 1 and names its address', async () => {
  const { code, err } = await attune(['dataset', 'list'], {
    env: { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/db' },
  });
  assert.equal(code, 1);
  assert.match(err, /database at 127\.0\.0\.1:1 does not answer/);
  assert.doesNotMatch(err, /secret/);
});

test('a variable that cannot be is named, with 2', async () => {
  const { code, err } = await attune(['doctor'], { env: { ATTUNE_PROJECT: 'Not A Name' } });
  assert.equal(code, 2);
  assert.match(err, /ATTUNE_PROJECT: use 1 to 100/);
});

test('doctor says what is found, as text and as JSON', async () => {
  const text = await attune(['doctor']);
  assert.match(text.out, /node +Node 24/);
  assert.match(text.out, /stack +does not run/);
  const json = await attuneHere(['doctor', '--json']);
  assert.ok(
    (JSON.parse(json.out) as { subject: string }[]).some(({ subject }) => subject === 'postgres'),
  );
});

test('init writes a spec and a judge that are valid, and overwrites nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-init-'));
  assert.equal((await attuneHere(['init', folder])).code, 0);
  assert.equal(readSpec(join(folder, 'cycle.yaml')).spec.label.minimum, 40);
  const judge = readJudgeEntry('judge.yaml', { folder, at: () => 'judge' });
  assert.ok(judge.kind === 'definition' && judge.definition.name === 'helpful');
  const again = await attuneHere(['init', folder]);
  assert.deepEqual([again.code, /cycle\.yaml: is there already/.test(again.err)], [2, true]);
  rmSync(folder, { recursive: true });
});

test('npx attune runs the command line of a clone', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)('npx', ['--no-install', 'attune', '--version'], {
    cwd: root,
  });
  assert.equal(stdout.trim(), '0.1.0');
});

test('reset asks for --yes and stop without a stack says so', async () => {
  const reset = await attune(['reset']);
  assert.equal(reset.code, 2);
  assert.match(reset.err, /--yes.*needed/);
  const stop = await attuneHere(['stop']);
  assert.deepEqual([stop.code, stop.out.trim()], [0, 'No stack was running.']);
});
