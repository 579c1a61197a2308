import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgeMemory, Snapshot } from '../../../contracts/judge.ts';
import { alignInput, type TestedItem } from '../../../domain/align/align-input.ts';
import { alignmentFacts, type TestedBase } from '../../../domain/align/alignment-report.ts';
import { learnedBy, memoryWithout } from '../../../domain/align/learned.ts';
import { labelled, routing, snapshotsOf, yesNo } from './fixture.ts';

const item = (at: number): TestedItem => ({
  ...labelled(at, { value: at % 3 !== 0 }),
  part: 'judge-test',
  traceId: `t${at}`,
  base: true,
});

/** Of twelve tested items, of which the first are in the memory of the base judge. */
const notesOf = (known: number, measured: number): string => {
  const items = Array.from({ length: 12 }, (_, at) => item(at));
  const facts = alignmentFacts({
    aligner: 'memalign',
    base: 'routing@2',
    judge: 'routing@3',
    outcome: 'aligned',
    contradictions: [],
    dropped: {},
    input: alignInput({ definition: routing, items, salt: 's' }),
    type: yesNo,
    tested: items.map((_, at): TestedBase => ({
      known: at < known,
      base: at < measured || at >= known ? true : null,
    })),
  });
  return facts.notes.join('; ');
};

test('a report says how many tested items the base judge has in its memory, and how it was measured on them', () => {
  assert.match(notesOf(5, 5), /5 of 12 tested items .* measured on them without what it remembers/);
  assert.match(notesOf(5, 3), /5 of 12 .* on 3 of them without .*, and not on the others/);
  assert.match(notesOf(5, 0), /5 of 12 .* memory; it was not measured on them/);
  assert.doesNotMatch(notesOf(0, 0), /memory/);
});

const memoryOf = (snapshots: readonly Snapshot[]): JudgeMemory => ({
  guidelines: [
    { id: 'g1', text: 'rests on 0 and 1', sources: [snapshots[0]!.id, snapshots[1]!.id] },
    { id: 'g2', text: 'rests on 1 and 4', sources: [snapshots[1]!.id, snapshots[4]!.id] },
  ],
  snapshots,
  embedding: { model: 'none', dimension: 0 },
  vectors: Object.fromEntries(snapshots.map(({ id }) => [id, ''])),
  shown: 5,
});

test('a memory without some items knows neither them nor other cases of their conversations, nor rules that rest on these alone', () => {
  const snapshots = snapshotsOf(6).map((snapshot, at) =>
    at === 1 ? { ...snapshot, conversation: 'c0' } : snapshot,
  );
  const tested = [item(0), item(3)];
  const left = memoryWithout(memoryOf(snapshots), tested)!;
  assert.deepEqual(
    left.snapshots.map((snapshot) => snapshot.item),
    [2, 4, 5].map((at) => snapshots[at]!.item),
  );
  assert.equal(tested.some(learnedBy([left])), false);
  assert.deepEqual(Object.keys(left.vectors).length, 3);
  assert.deepEqual(
    left.guidelines.map(({ id, sources }) => [id, sources]),
    [['g2', [snapshots[4]!.id]]],
  );
  assert.equal(memoryOf(snapshots).snapshots.length, 6);
});

test('a memory of nothing but the items it goes without is none', () => {
  const memory = memoryOf(snapshotsOf(6));
  assert.equal(memoryWithout(memory, [0, 1, 2, 3, 4, 5].map(item)), null);
  assert.deepEqual(memoryWithout(memory, [item(9)]), memory);
});
