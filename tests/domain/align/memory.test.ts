import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Guideline, Snapshot } from '../../../contracts/judge.ts';
import { embeddingText } from '../../../domain/align/embedding-text.ts';
import { scorerHash } from '../../../contracts/scorer-hash.ts';
import { buildMemory, unalign } from '../../../domain/align/memory.ts';
import { prepareMemory, shownFor } from '../../../domain/align/retrieval.ts';
import { buildSnapshots } from '../../../domain/align/snapshot.ts';
import { labelled, routing, snapshotsOf } from './fixture.ts';

/** A vector at an angle of `degrees` from (1, 0). */
const at = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

const memoryOf = (
  snapshots: readonly Snapshot[],
  more: { guidelines?: readonly Guideline[]; shown?: number } = {},
) =>
  buildMemory({
    guidelines: [],
    snapshots,
    vectors: new Map(snapshots.map(({ id, item }) => [id, at(Number(item.slice(1, 6)))])),
    embeddingModel: 'angles',
    shown: 5,
    ...more,
  });

const loosened = (value: unknown) => value as Record<string, unknown>;

test('a snapshot holds the fields the judge uses, the value, and the reasons of those who gave it', () => {
  const item = labelled(
    7,
    { rater: 'cid', value: true, rationale: 'yes' },
    { rater: 'bob', value: false, rationale: 'no' },
    { rater: 'ann', value: true, rationale: ' ' },
  );
  const { snapshots } = buildSnapshots(routing, [
    { ...item, fields: { ...item.fields, expectations: { gold: 'secret' } } },
  ]);
  const [{ id, labels, ...rest }] = snapshots as [Snapshot];
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    labels!.map(({ rater, value }) => [rater, value]),
    [
      ['ann', true],
      ['bob', false],
      ['cid', true],
    ],
  );
  assert.deepEqual(rest, {
    item: 'e00007#h7',
    conversation: 'c7',
    fields: { inputs: { message: 'message 7' }, outputs: { route: 'billing' } },
    value: true,
    rationales: [{ rater: 'cid', text: 'yes' }],
  });
});

test('contested and incomplete items are listed, and equal cases are one snapshot with all reasons', () => {
  const twin = { ...labelled(2, { value: true, rationale: 'other' }), fields: labelled(1).fields };
  const found = buildSnapshots(routing, [
    labelled(0, { value: true }, { rater: 'bob', value: false }),
    labelled(1, { value: true }),
    twin,
    { ...labelled(3, { value: true }), fields: { inputs: {} } },
    labelled(4),
  ]);
  assert.deepEqual(found.contested, ['e00000#h0']);
  assert.deepEqual(found.incomplete, [{ item: 'e00003#h3', missing: ['outputs'] }]);
  assert.equal(found.snapshots.length, 1);
  assert.deepEqual(
    found.snapshots[0]!.rationales.map(({ text }) => text),
    ['reason 1', 'other'],
  );
});

test('a memory does not change when labels, snapshots or vectors given to it are changed afterwards', () => {
  const items = [labelled(0, { value: true }), labelled(1, { value: false })];
  const { snapshots } = buildSnapshots(routing, items);
  const guidelines = [{ id: 'g', text: 'a rule', sources: [snapshots[0]!.id] }];
  const memory = memoryOf(snapshots, { guidelines });
  const [bytes, hash] = [JSON.stringify(memory), scorerHash(routing, memory)];
  loosened(items[0]!.labels[0])['value'] = false;
  loosened(items[0]!.fields['inputs'])['message'] = 'edited';
  loosened(snapshots[0]!.fields['inputs'])['message'] = 'edited';
  loosened(snapshots[0])['value'] = false;
  loosened(guidelines[0])['text'] = 'edited';
  guidelines[0]!.sources.push('more');
  assert.equal(JSON.stringify(memory), bytes);
  assert.equal(scorerHash(routing, memory), hash);
});

test('the hash of a memory knows contents, not ids and times of labels or the order they came in', () => {
  const items = [0, 1, 2].map((n) =>
    labelled(n, { rater: 'ann', value: true }, { rater: 'bob', value: true }),
  );
  const hashOf = (list: typeof items) =>
    scorerHash(routing, memoryOf(buildSnapshots(routing, list).snapshots));
  const later = items.toReversed().map((item) => ({
    ...item,
    labels: item.labels
      .toReversed()
      .map((label) => ({ ...label, id: 'generated', createdAt: '2027-05-05T00:00:00.000Z' })),
  }));
  assert.equal(hashOf(later), hashOf(items));
  const edited = items.with(1, labelled(1, { value: false }));
  assert.notEqual(hashOf(edited), hashOf(items));
});

test('a judge version is the same for the same definition, model and memory only', () => {
  const memory = memoryOf(snapshotsOf(3));
  const definition = { ...routing, model: 'm' };
  const hash = scorerHash(definition, memory);
  assert.equal(scorerHash({ model: 'm', ...routing }, structuredClone(memory)), hash);
  assert.notEqual(scorerHash({ ...routing, model: 'x' }, memory), hash);
  assert.notEqual(scorerHash(definition, null), hash);
  const warmer = { ...definition, parameters: { temperature: 1 } };
  assert.notEqual(scorerHash(warmer, memory), hash);
});

test('the nearest snapshots are shown, nearest first, with what the assessment records', () => {
  const snapshots = snapshotsOf(60).filter(({ value }) => value === true);
  const guidelines = [{ id: 'g', text: 'a rule', sources: [snapshots[0]!.id] }];
  const shown = shownFor(prepareMemory(memoryOf(snapshots, { guidelines })), at(20));
  assert.deepEqual(
    shown.examples.map(({ item }) => Number(item.slice(1, 6))).toSorted((a, b) => a - b),
    [17, 19, 20, 22, 23],
  );
  assert.equal(shown.examples[0]!.item, 'e00020#h20');
  assert.deepEqual(shown.evidence, {
    guidelines: ['g'],
    snapshots: shown.examples.map(({ id }) => id),
  });
});

const rated = (n: number, value: boolean) => labelled(n, { value });

const valuesAt = (odd: number) => {
  const items = Array.from({ length: 40 }, (_, n) => rated(n, n !== odd));
  const { snapshots } = buildSnapshots(routing, items);
  const { examples } = shownFor(prepareMemory(memoryOf(snapshots)), at(0));
  return examples.map(({ value }) => value);
};

test('a value that is rare among near neighbours is shown, and one that is far away is not', () => {
  assert.deepEqual(valuesAt(15), [true, true, true, true, false]);
  assert.deepEqual(valuesAt(30), [true, true, true, true, true]);
});

test('equal distances are settled by item, and a memory may show none', () => {
  const { snapshots } = buildSnapshots(
    routing,
    [3, 1, 2].map((n) => labelled(n, { value: true })),
  );
  const vectors = new Map(snapshots.map(({ id }) => [id, at(0)]));
  const memory = buildMemory({ guidelines: [], snapshots, vectors, embeddingModel: 'm', shown: 2 });
  const { examples } = shownFor(prepareMemory(memory), at(0));
  assert.deepEqual(
    examples.map(({ item }) => item),
    ['e00001#h1', 'e00002#h2'],
  );
  assert.deepEqual(shownFor(prepareMemory({ ...memory, shown: 0 }), at(0)).examples, []);
});

test('snapshots without a vector, and vectors of another model, are refused by name', () => {
  const snapshots = snapshotsOf(2);
  const vectors = new Map([[snapshots[0]!.id, at(0)]]);
  const of = { guidelines: [], snapshots, vectors, embeddingModel: 'm', shown: 1 };
  assert.throws(() => buildMemory(of), {
    name: 'MemoryError',
    message: /e00001#h1: it has no vector/,
  });
  const prepared = prepareMemory(memoryOf(snapshots));
  assert.throws(() => shownFor(prepared, new Float32Array(3)), RangeError);
});

test('labels taken back leave no snapshot, no vector, and no guideline that rested on them alone', () => {
  const [a, b] = snapshotsOf(2) as [Snapshot, Snapshot];
  const memory = memoryOf([a, b], {
    guidelines: [
      { id: 'g1', text: 'on a alone', sources: [a.id] },
      { id: 'g2', text: 'on both', sources: [a.id, b.id] },
    ],
  });
  const left = unalign(memory, new Set([a.item]));
  assert.deepEqual(left.guidelines, [{ id: 'g2', text: 'on both', sources: [b.id] }]);
  assert.deepEqual(left.snapshots, [b]);
  assert.deepEqual(Object.keys(left.vectors), [b.id]);
  assert.equal(memory.snapshots.length, 2);
});

test('the embedded text is question first, then at most half as much of the answer', () => {
  const inputs = { message: 'm'.repeat(100) };
  const text = embeddingText({
    inputs,
    outputs: { text: 'o'.repeat(5_000) },
    expectations: { x: 'z' },
  });
  assert.equal(text, `${'m'.repeat(100)}\n${'o'.repeat(50)}`);
  assert.equal(embeddingText({ inputs: {}, outputs: { text: 'answer' } }), 'answer');
  assert.equal(embeddingText({ inputs: { q: ' ' } }), '(empty)');
  assert.ok(embeddingText({ inputs: { q: 'x'.repeat(50_000) } }).length <= 6_000);
});
