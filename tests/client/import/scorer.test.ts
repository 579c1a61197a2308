import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InvalidInputError } from '../../../contracts/invalid-input.ts';
import { readInputs } from '../../../client/cycle/inputs.ts';
import { readJudgeEntry, readScorerEntry } from '../../../client/import/scorer.ts';
import { readSpec } from '../../../client/spec/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-entries-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'cycle: c\ndataset: d\nagent: a\nprompts: { p: null }\njudge: routing\n';
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const here = (): string => 'here';
const faultsOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof InvalidInputError, String(error));
    return error.faults.map(({ at, message }) => `${at.split('/').at(-1)} ${message}`);
  }
  return assert.fail('it was taken');
};

test('a fault of a scorer is that of its kind, with its line; an unknown kind is told the known ones', () => {
  const path = write(
    'spec.yaml',
    `${HEAD}scorers:
  - { kind: span, name: x }
  - { kind: spans, name: y, measure: counts, score: { most: 1 } }
  - { kind: tool-usage, name: z, success: { unless: '(' } }
  - { kind: guidelines, name: polite }
`,
  );
  assert.deepEqual(
    faultsOf(() => readSpec(path)),
    [
      'spec.yaml:7 scorers.0.kind: is "span"; use one of judge, guidelines, spans, tool-usage, retriever-usage',
      'spec.yaml:8 scorers.1.measure: Invalid option: expected one of "count"|"errors"|"latency_ms"|"tokens"',
      'spec.yaml:9 scorers.2.success.unless: is no regular expression',
      'spec.yaml:10 scorers.3.guidelines: give at least one rule, or set perExample: true',
    ],
  );
});

test('what only reading finds is named together: unknown built-in, missing file, unknown variable', () => {
  const path = write(
    'named.yaml',
    `${HEAD}scorers:
  - { builtin: saftey }
  - missing.yaml
  - { name: q, instructions: 'Is {{outputt}} fine?', value: { type: boolean } }
`,
  );
  const faults = faultsOf(() => readInputs(readSpec(path))).join('\n');
  assert.match(
    faults,
    /named\.yaml:7 no built-in judge is named `saftey`; there are relevance-to-query/,
  );
  assert.match(faults, /missing\.yaml/);
  assert.match(faults, /named\.yaml:9 instructions name the unknown variable \{\{outputt\}\}/);
});

test('a file may hold any kind; what nobody can label is refused as the judge', () => {
  const calls = write(
    'calls.yaml',
    'kind: spans\nname: calls\nmeasure: count\nscore: { most: 3 }\n',
  );
  const read = readScorerEntry(calls, { folder, at: here });
  assert.ok(read.kind === 'definition' && read.definition.kind === 'spans');
  assert.match(
    faultsOf(() => readJudgeEntry(calls, { folder, at: here }))[0]!,
    /no question to people: it is not labelled and not aligned\. Name it under `scorers`/,
  );
  const rules = write('rules.yaml', 'kind: guidelines\nname: rules\nguidelines: [Be kind.]\n');
  const judge = readJudgeEntry(rules, { folder, at: here });
  assert.ok(judge.kind === 'definition' && judge.definition.guidelines?.[0] === 'Be kind.');
  assert.deepEqual(readScorerEntry('safety', { folder, at: here }), {
    kind: 'name',
    id: 'safety',
    at: 'here',
  });
});
