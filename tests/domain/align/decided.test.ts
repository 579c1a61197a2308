import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignInput, CONTESTED, type TestedItem } from '../../../domain/align/align-input.ts';
import { scoreVerdict, searchItems } from '../../../domain/align/judge-search.ts';
import { buildSnapshots } from '../../../domain/align/snapshot.ts';
import { labelled, routing } from './fixture.ts';

/** Two raters who contradict each other. */
const contested = (at: number): TestedItem => ({
  ...labelled(
    at,
    { rater: 'ann', value: true, rationale: 'It is a bill.' },
    { rater: 'bob', value: false, rationale: 'It is a plan.' },
  ),
  part: 'align-labels',
  traceId: `t${at}`,
  base: null,
});
const decided = (at: number): TestedItem => ({
  ...contested(at),
  decided: { who: 'cid', value: true, rationale: 'Bills come first.' },
});
const ITEMS = [contested(1), decided(2)];

test('an item that a person decided is learned from, and only the undecided one is told as contested', () => {
  const { leftOut } = alignInput({ definition: routing, items: ITEMS, salt: 's' });
  assert.deepEqual(leftOut, [{ reason: CONTESTED, items: ['e00001#h1'] }]);
  const { snapshots, contested: without } = buildSnapshots(routing, ITEMS);
  assert.deepEqual(without, ['e00001#h1']);
  assert.deepEqual(
    snapshots.map(({ item, value }) => [item, value]),
    [['e00002#h2', true]],
  );
});

test('a search for better instructions uses it as well, with the reasons of whoever said the value', () => {
  const items = searchItems(routing, ITEMS);
  assert.deepEqual([...items.keys()], ['e00002']);
  const { score, feedback } = scoreVerdict(routing, items.get('e00002')!, false);
  assert.equal(score, 0);
  assert.equal(
    feedback,
    'The judge said false; people say true.\nIt is a bill.\nBills come first.',
  );
});

test('a decision changes nothing where people agree', () => {
  const agreed: TestedItem = {
    ...contested(3),
    labels: contested(3).labels.map((label) => ({ ...label, value: false })),
    decided: { who: 'cid', value: true, rationale: null },
  };
  const [snapshot] = buildSnapshots(routing, [agreed]).snapshots;
  assert.equal(snapshot!.value, false);
});
