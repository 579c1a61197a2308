import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgeMemory } from '../../../contracts/judge.ts';
import { alignInput, type TestedItem } from '../../../domain/align/align-input.ts';
import { alignmentFacts } from '../../../domain/align/alignment-report.ts';
import { labelled, routing, snapshotsOf, yesNo } from './fixture.ts';

const item = (at: number): TestedItem => ({
  ...labelled(at, { value: at % 3 !== 0 }),
  part: 'judge-test',
  traceId: `t${at}`,
  base: true,
});

const notesUnder = (memory: JudgeMemory | null): string => {
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
    memory,
  });
  return facts.notes.join('; ');
};

test('a report says how many tested items the base judge has in its memory', () => {
  const memory: JudgeMemory = {
    guidelines: [],
    snapshots: [...snapshotsOf(5)],
    embedding: { model: 'none', dimension: 0 },
    vectors: {},
    shown: 5,
  };
  assert.match(notesUnder(memory), /5 of 12 tested items .* base judge .* figures flatter it/);
  assert.doesNotMatch(notesUnder({ ...memory, snapshots: [] }), /memory/);
  assert.doesNotMatch(notesUnder(null), /memory/);
});
