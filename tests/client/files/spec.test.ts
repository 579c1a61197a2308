import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InvalidInputError } from '../../../contracts/invalid-input.ts';
import { isPath, nameOfFile } from '../../../operations/paths.ts';
import { readSpec } from '../../../client/spec/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-spec-'));
after(() => rmSync(folder, { recursive: true }));
const faultsOf = (name: string, text: string): readonly string[] => {
  const path = join(folder, name);
  writeFileSync(path, text);
  try {
    readSpec(path);
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.faults.map(({ at, message }) => `${at.slice(folder.length + 1)} ${message}`);
  }
  throw new assert.AssertionError({ message: 'the spec was accepted' });
};

const GOOD = 'cycle: c\ndataset: d\nagent: a\nprompts: { p: p.md }\njudge: j\n';

test('every fault of a spec is told with its path and its line', () => {
  const faults = faultsOf(
    'bad.yaml',
    'cycle: Bad Name\ndataset: d\nagent: a\nprompts: { p: p.md }\njudge: j\ngate:\n  alpha: 2\n  trails: 3\nbugdet: { usd: 1 }\n',
  );
  assert.equal(faults.length, 4);
  assert.match(faults[0]!, /^bad\.yaml:1 cycle: use 1 to 100/);
  assert.match(faults[1]!, /^bad\.yaml:7 gate\.alpha: /);
  assert.match(
    faults[2]!,
    /^bad\.yaml:8 gate\.trails: is not a known field; did you mean `trials`\?/,
  );
  assert.match(faults[3]!, /^bad\.yaml:9 bugdet: is not a known field; did you mean `budget`\?/);
});

test('a field that is missing is told at the start of the file or of its parent', () => {
  assert.match(
    faultsOf('missing.yaml', 'cycle: c\n').join('\n'),
    /^missing\.yaml:1 dataset: is missing$/m,
  );
});

test('broken YAML is told with its line', () => {
  assert.match(
    faultsOf('broken.yaml', 'cycle: c\n  dataset: [\n').join('\n'),
    /^broken\.yaml:\d /m,
  );
});

test('JSON is read like YAML, and a spec that says little gets every default', () => {
  const path = join(folder, 'good.json');
  writeFileSync(
    path,
    JSON.stringify({ cycle: 'c', dataset: 'd', agent: 'a', prompts: { p: null }, judge: 'j' }),
  );
  const { spec } = readSpec(path);
  assert.equal(spec.budget.usd, 2);
  assert.equal(spec.gate.trials, 3);
  assert.equal(spec.label.minimum, 20);
  const yaml = join(folder, 'good.yaml');
  writeFileSync(yaml, GOOD);
  assert.equal(readSpec(yaml).folder, folder);
});

test('an entry is a path when it ends in a known extension', () => {
  assert.ok(isPath('data/rows.jsonl') && isPath('judge.yaml') && isPath('p.md'));
  assert.ok(!isPath('router') && !isPath('gpt-4.1'));
  assert.equal(nameOfFile('x/My Data (2).jsonl'), 'my-data-2-');
});
