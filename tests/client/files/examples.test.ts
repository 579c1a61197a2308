import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readExamples } from '../../../client/files/examples.ts';
import { InvalidInputError } from '../../../contracts/invalid-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-examples-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const faultsOf = (path: string, conversation?: string): readonly string[] => {
  try {
    readExamples({ path, conversation });
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.faults.map(({ at, message }) => `${at.slice(folder.length + 1)} ${message}`);
  }
  throw new assert.AssertionError({ message: 'the file was accepted' });
};

test('every bad line of a file is named with its number, and none is skipped', () => {
  const path = file(
    'bad.jsonl',
    [
      '{"id":"a","inputs":{"q":"one"}}',
      '{"id":"b","inputs":{"q":"two"',
      '',
      '{"id":"c","inputs":"three"}',
      '{"id":"d","inputs":{},"gold":1}',
      '{"id":"a","inputs":{"q":"again"}}',
    ].join('\n'),
  );
  const faults = faultsOf(path);
  assert.equal(faults.length, 3);
  assert.match(faults[0]!, /^bad\.jsonl:2 not JSON: /);
  assert.match(faults[1]!, /^bad\.jsonl:4 inputs: /);
  assert.match(faults[2]!, /^bad\.jsonl:5 gold: is not a known field/);
});

test('an id used twice is refused with both lines', () => {
  const path = file('twice.jsonl', '{"id":"a","inputs":{"q":1}}\n{"id":"a","inputs":{"q":2}}\n');
  assert.deepEqual(faultsOf(path), ['twice.jsonl:2 has the id `a` of line 1']);
});

test('a file without rows is refused', () => {
  assert.deepEqual(faultsOf(file('empty.jsonl', '\n\n')), ['empty.jsonl holds no example']);
});

test('a file that is not there and a file that is not text are refused by name', () => {
  assert.deepEqual(faultsOf(join(folder, 'none.jsonl')), ['none.jsonl there is no such file']);
  const path = join(folder, 'binary.jsonl');
  writeFileSync(path, Buffer.from([0x50, 0x4b, 0x03, 0x00, 0x01]));
  assert.deepEqual(faultsOf(path), [
    'binary.jsonl:1 holds a NUL byte, which no text has: is this the right file?',
  ]);
});

test('the conversation is taken from the field that was named, and its absence is a fault', () => {
  const path = file(
    'mapped.jsonl',
    '{"id":"a","inputs":{},"tags":{"talk":"t1"}}\n{"id":"b","inputs":{}}\n',
  );
  assert.deepEqual(faultsOf(path, 'tags.talk'), [
    'mapped.jsonl:2 has no `tags.talk` to take the conversation from',
  ]);
  const [first] = readExamples({
    path: file('one.jsonl', '{"inputs":{},"tags":{"talk":"t1"}}'),
    conversation: 'tags.talk',
  }).examples;
  assert.equal(first?.conversation, 't1');
});

test('an example without id or conversation gets the hash of its content for both', () => {
  const [row] = readExamples({ path: file('bare.jsonl', '{"inputs":{"b":1,"a":2}}') }).examples;
  const [same] = readExamples({ path: file('same.jsonl', '{"inputs":{"a":2,"b":1}}') }).examples;
  assert.equal(row?.id, row?.hash);
  assert.equal(row?.conversation, row?.hash);
  assert.equal(row?.hash, same?.hash);
});

test('CSV cells may hold commas, quotes and line ends, and headings name the groups', () => {
  const path = file(
    'rows.csv',
    'id,inputs.message,tags.style,note\r\na,"one, ""two""\nthree",plain,x\nb,,,y\n',
  );
  const [a, b] = readExamples({ path }).examples;
  assert.deepEqual(a?.inputs, { message: 'one, "two"\nthree', note: 'x' });
  assert.deepEqual(a?.tags, { style: 'plain' });
  assert.deepEqual(b?.inputs, { note: 'y' });
});

test('a CSV row of the wrong width is refused with the line it begins on', () => {
  const path = file('wide.csv', 'id,message\na,"one\ntwo"\nb,three,four\n');
  assert.deepEqual(faultsOf(path), ['wide.csv:4 has 3 cells where the heading has 2']);
});

test('gold leaves the example, so that nothing but a report can see it', () => {
  const text = '{"id":"a","inputs":{},"expectations":{"intent":"x"},"tags":{"s":"1"}}';
  const { examples, gold } = readExamples({
    path: file('gold.jsonl', text),
    gold: 'expectations.intent',
  });
  assert.deepEqual(gold, { a: 'x' });
  assert.equal('expectations' in examples[0]!, false);
  assert.deepEqual(examples[0]?.tags, { s: '1' });
});
