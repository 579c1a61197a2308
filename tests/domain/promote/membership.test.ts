import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Part } from '../../../contracts/part.ts';
import { conversationsOf, PinError } from '../../../domain/promote/conversation.ts';
import type { Conversation } from '../../../domain/promote/conversation.ts';
import { placeConversations } from '../../../domain/promote/membership.ts';
import type { KnownConversation, MembershipChange } from '../../../domain/promote/membership.ts';

const at = { known: [], salt: 'salt', sealed: 0.45 } as const;

const distinct = (count: number, prefix = 'c'): Conversation[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `${prefix}${i}`,
    texts: [`${prefix}${i} asks a question of its own number ${i} today`],
  }));

const knownAfter = (
  change: MembershipChange,
  incoming: readonly Conversation[],
): KnownConversation[] =>
  change.memberships.map((membership) => ({
    ...membership,
    texts: incoming.find(({ key }) => key === membership.conversation)?.texts ?? [],
  }));

function counts(change: MembershipChange): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { part } of change.memberships) found[part] = (found[part] ?? 0) + 1;
  return found;
}

const partOf = (change: MembershipChange, key: string) =>
  change.memberships.find(({ conversation }) => conversation === key)?.part;

/** A key that this salt draws to SEALED, or to TUNE. */
function keyIn(side: 'sealed' | 'tune', nth = 0): string {
  const all = placeConversations({ ...at, incoming: distinct(60, 'k') }).memberships;
  const found = all.filter(({ part }) => (part === 'sealed') === (side === 'sealed'));
  return found[nth]?.conversation ?? '';
}

const row = (id: string, tags: Record<string, string>) => ({
  id,
  conversation: 'c',
  inputs: { message: `text of ${id}`, history: ['earlier'] },
  tags,
});

test('about 45 % are sealed, and TUNE divides into exact 30, 15, 30 and 25 %', () => {
  const change = placeConversations({ ...at, incoming: distinct(2_000) });
  const found = counts(change);
  const sealed = found['sealed'] ?? 0;
  const tune = 2_000 - sealed;
  assert.ok(Math.abs(sealed - 900) < 4 * Math.sqrt(2_000 * 0.45 * 0.55), `${sealed} sealed`);
  assert.equal(found['align-labels'], Math.round(0.3 * tune));
  assert.equal(found['judge-test'], Math.round(0.45 * tune) - Math.round(0.3 * tune));
  assert.equal(found['train'], Math.round(0.75 * tune) - Math.round(0.45 * tune));
});

test('which side a conversation is on depends on salt and name, not on order or company', () => {
  const rows = distinct(200);
  const change = placeConversations({ ...at, incoming: rows });
  const turned = placeConversations({ ...at, incoming: [...rows].reverse() });
  const alone = placeConversations({ ...at, incoming: rows.slice(0, 100) });
  for (const { conversation, part } of change.memberships)
    assert.equal(partOf(turned, conversation), part);
  for (const { conversation, part } of alone.memberships)
    assert.equal(part === 'sealed', partOf(change, conversation) === 'sealed');
  const salted = placeConversations({ ...at, salt: 'other', incoming: rows });
  assert.notDeepEqual(salted.memberships, change.memberships);
});

test('what was placed never moves; later conversations join by threshold near the shares', () => {
  const rows = distinct(100);
  const first = placeConversations({ ...at, incoming: rows });
  const later = distinct(3_000, 'later');
  const second = placeConversations({
    ...at,
    known: knownAfter(first, rows),
    incoming: [...rows, ...later],
  });
  assert.equal(second.memberships.length, 3_000);
  assert.ok(second.memberships.every(({ conversation }) => conversation.startsWith('later')));
  const found = counts(second);
  const near = (part: string, share: number) =>
    assert.ok(Math.abs((found[part] ?? 0) - 3_000 * share) < 4 * Math.sqrt(3_000 * share), part);
  near('sealed', 0.45);
  near('align-labels', 0.165);
  near('judge-test', 0.0825);
  near('train', 0.165);
  near('validation', 0.1375);
});

test('near-duplicates share the part of the first-imported of them', () => {
  const base =
    'my phone has no signal since this morning and I already restarted it twice please help';
  const incoming = [
    ...distinct(30),
    { key: 'a', texts: [base] },
    { key: 'b', texts: [`${base.toUpperCase()} now`] },
    { key: 'c', texts: ['Hi!'] },
    { key: 'd', texts: ['hi'] },
    { key: 'e', texts: ['hi there'] },
  ];
  const change = placeConversations({ ...at, incoming });
  const group = (key: string) =>
    change.memberships.find(({ conversation }) => conversation === key)?.group;
  assert.equal(group('b'), 'a');
  assert.equal(group('d'), 'c');
  assert.equal(group('e'), 'e');
  assert.equal(partOf(change, 'a'), partOf(change, 'b'));
  assert.deepEqual([change.grouped, change.largestGroup], [4, 2]);
});

test('a new conversation that bridges parts goes to TUNE, and the exposed sealed one is named', () => {
  const sealedText = 'one two three four five six seven eight nine ten';
  const tunedText = 'red orange yellow green blue indigo violet black white grey';
  const known: KnownConversation[] = [
    { conversation: 's', part: 'sealed', pinned: false, group: 's', texts: [sealedText] },
    { conversation: 't', part: 'train', pinned: false, group: 't', texts: [tunedText] },
  ];
  const change = placeConversations({
    ...at,
    known,
    incoming: [{ key: 'new', texts: [sealedText, tunedText] }],
  });
  assert.deepEqual(change.memberships, [
    { conversation: 'new', part: 'train', pinned: false, group: 's' },
  ]);
  assert.deepEqual(change.bridges, [
    {
      conversations: ['s', 't', 'new'],
      parts: ['sealed', 'train'],
      part: 'train',
      exposed: ['s'],
    },
  ]);
});

test('a pin holds at first import; a later pin is refused and named', () => {
  const pin: Part = 'judge-test';
  const sealedKey = keyIn('sealed');
  const first = placeConversations({
    ...at,
    incoming: [{ key: sealedKey, texts: ['a text of five words'], pin }],
  });
  assert.deepEqual(first.memberships, [
    { conversation: sealedKey, part: pin, pinned: true, group: sealedKey },
  ]);
  const again = placeConversations({
    ...at,
    known: knownAfter(first, []),
    incoming: [{ key: sealedKey, texts: ['a text of five words'], pin: 'sealed' }],
  });
  assert.deepEqual(again.memberships, []);
  assert.deepEqual(again.refusedPins, [{ conversation: sealedKey, part: pin, pin: 'sealed' }]);
});

test('in a group pinned both ways TUNE wins', () => {
  const texts = ['the very same words in both of these'];
  const change = placeConversations({
    ...at,
    incoming: [
      { key: 'x', texts, pin: 'sealed' },
      { key: 'y', texts, pin: 'validation' },
    ],
  });
  assert.deepEqual(
    change.memberships.map(({ part, pinned }) => ({ part, pinned })),
    [
      { part: 'validation', pinned: false },
      { part: 'validation', pinned: true },
    ],
  );
  assert.equal(change.bridges.length, 1);
});

test('the share rises until the minimum is sealed, unless TUNE would be starved', () => {
  const rows = distinct(50);
  const before = counts(placeConversations({ ...at, incoming: rows }))['sealed'] ?? 0;
  const change = placeConversations({ ...at, incoming: rows, minimum: 28 });
  assert.ok(before < 28);
  assert.equal(counts(change)['sealed'], 28);
  assert.ok(change.sealed > 0.45);
  const starved = placeConversations({ ...at, incoming: rows.slice(0, 30), minimum: 28 });
  assert.equal(starved.sealed, 0.45);
});

test('20,000 rows with many near-duplicates are placed within a few seconds', () => {
  const incoming = Array.from({ length: 20_000 }, (_, i) => ({
    key: `c${i}`,
    texts: [
      `dear support I have called about order ${i % 15_000} and nobody could tell me where parcel ${i % 15_000} is or when it would arrive so please answer soon thank you very much`,
    ],
  }));
  const started = process.cpuUsage();
  const change = placeConversations({ ...at, incoming });
  // Of the processor, as other programs of the machine take the rest.
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 10e6, `${(user + system) / 1e6} s`);
  assert.ok(change.groups <= 15_000);
});

test('rows of a conversation are gathered, and contradicting or unknown pins are refused by row', () => {
  assert.deepEqual(conversationsOf([row('1', { part: 'train' }), row('2', {})], 'part'), [
    { key: 'c', texts: ['earlier\ntext of 1', 'earlier\ntext of 2'], pin: 'train' },
  ]);
  assert.throws(
    () => conversationsOf([row('1', { part: 'train' }), row('2', { part: 'sealed' })], 'part'),
    (error) => error instanceof PinError && error.example === '2',
  );
  assert.throws(() => conversationsOf([row('1', { part: 'test' })], 'part'), /use align-labels/);
});
