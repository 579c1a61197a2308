import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { placeConversations } from '../../domain/promote/membership.ts';
import { conversationsOf } from '../../domain/promote/conversation.ts';
import { convert } from '../../examples/banking77/convert.ts';

const source = resolve(process.env['ATTUNE_SHARED'] ?? '../shared', 'data/banking77');
const skip = existsSync(source) ? false : `${source} is not there: set ATTUNE_SHARED`;

const tally = (values: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(values)].map((v) => [v, values.filter((w) => w === v).length]));

test(
  '800 rows of ten intents become conversations of their own, with no gold in them',
  { skip },
  () => {
    const { messages, gold } = convert(source);
    assert.equal(messages.length, 800);
    assert.equal(new Set(messages.map(({ conversation }) => conversation)).size, 800);
    assert.equal(new Set(gold.map(({ intent }) => intent)).size, 10);
    assert.ok(messages.every(({ expectations }) => expectations === undefined));
  },
);

test('the parts are pinned as declared, and the import overrules no pin', { skip }, () => {
  const { messages } = convert(source);
  const examples = messages.map(({ id = '', conversation = '', inputs, tags = {} }) => {
    return { id, conversation, inputs, tags };
  });
  const pinned = tally(examples.map(({ tags }) => tags['part'] ?? 'none'));
  assert.deepEqual(pinned, {
    'align-labels': 140,
    'judge-test': 80,
    train: 130,
    validation: 90,
    sealed: 360,
  });
  const incoming = conversationsOf(examples, 'part');
  const placed = placeConversations({ known: [], incoming, salt: 'any', sealed: 0.45 });
  assert.deepEqual(placed.bridges, []);
  assert.deepEqual(tally(placed.memberships.map(({ part }) => part)), pinned);
});

test(
  'the scripted reviewer names the intent but for a declared tenth, and quotes the query',
  { skip },
  () => {
    const { messages, gold, reviewers } = convert(source);
    const reviews = reviewers.map(
      ({ reviews: by }) => by as Record<string, Record<string, string>>,
    );
    const wrong = gold.filter(({ intent }, at) => reviews[at]?.['script']?.['route'] !== intent);
    assert.equal(wrong.length, 80);
    for (const [at, { inputs }] of messages.entries()) {
      const { route = '', reason = '' } = reviews[at]?.['script'] ?? {};
      const cue = /^(\S+): the customer says '(.+)'\.$/.exec(reason);
      assert.equal(cue?.[1], route);
      const plain = JSON.stringify(inputs['query'])
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}'’]+/gu, ' ');
      assert.ok(plain.includes(cue?.[2] ?? '?'), reason);
    }
  },
);

test('the conversion gives equal files from equal input', { skip }, () => {
  assert.deepEqual(convert(source), convert(source));
});

test('a line that lacks its query is refused with file and line number', () => {
  const folder = mkdtempSync(join(tmpdir(), 'banking77-'));
  const row = {
    id: 'a',
    inputs: { query: 'q' },
    expectations: { intent: 'i' },
    tags: { source_split: 'train' },
  };
  const lines = [row, { ...row, inputs: {} }].map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(join(folder, 'train.jsonl'), lines);
  assert.throws(() => convert(folder), { name: 'SourceLineError', line: 2, message: /query/ });
});
