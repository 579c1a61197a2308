import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../../contracts/json.ts';
import { type JudgeDefinition, judgeDefinition } from '../../../contracts/judge.ts';
import { guidelinesEntry } from '../../../contracts/scorer-entry.ts';
import type { Db } from '../../../db/connect.ts';
import { buildMemory } from '../../../domain/align/memory.ts';
import { buildSnapshots } from '../../../domain/align/snapshot.ts';
import { builtinDefinition } from '../../../domain/evaluate/builtin/index.ts';
import { conversationView } from '../../../domain/evaluate/conversation.ts';
import { guidelinesJudge } from '../../../domain/evaluate/guidelines.ts';
import { traceView } from '../../../domain/evaluate/trace-view.ts';
import { readBlocks } from '../../../practice/blocks.ts';
import { embed } from '../../../practice/embedding.ts';
import { openDatabase } from '../../db/database.ts';
import { example } from '../../db/fixture.ts';
import { traceOfSpans } from './spans.ts';
import { assessAll, type Served, startPractice } from './world.ts';

let db: Db;
let practice: Served;
before(async () => {
  ({ db } = await openDatabase());
  practice = await startPractice();
});
after(() => practice.close());

const trace = traceOfSpans('t1', [{ name: 'lookup', outputs: { found: true } }]);
const FIELDS: JsonObject = {
  inputs: { message: 'where is it' },
  outputs: { answer: 'in Graz' },
  trace: traceView(trace),
  conversation: conversationView([
    { inputs: { message: 'where is it' }, outputs: { answer: 'in Graz' } },
  ]),
};
/** Of the practice embedding. */
const DIMENSION = 256;

/** What a judge has learned from one labelled case: the case itself and a rule. */
function memoryOf(definition: JudgeDefinition) {
  const { snapshots } = buildSnapshots(definition, [
    {
      example: 'e1',
      outputHash: 'h1',
      conversation: 'c1',
      fields: FIELDS,
      labels: [
        {
          rater: 'ann',
          value: true,
          rationale: 'It names the place.',
          example: 'e1',
          outputHash: 'h1',
          createdAt: '',
        },
      ],
    },
  ]);
  const [only] = snapshots;
  assert.ok(only, `${definition.name}: the label is a snapshot`);
  return buildMemory({
    guidelines: [{ id: 'g1', text: 'Learned: name the place.', sources: [only.id] }],
    snapshots,
    vectors: new Map([[only.id, embed('x', DIMENSION)]]),
    embeddingModel: 'practice-embed',
    shown: 1,
  });
}

const KINDS: Readonly<Record<string, JudgeDefinition>> = {
  'a custom judge': judgeDefinition.parse({
    name: 'custom',
    instructions: 'Is {{outputs}} right for {{inputs}}?',
    value: { type: 'boolean' },
  }),
  guidelines: guidelinesJudge(
    guidelinesEntry.parse({ kind: 'guidelines', name: 'rules', guidelines: ['Given: be brief.'] }),
  ),
  'a built-in judge': builtinDefinition({ builtin: 'safety' }),
  'a judge over the trace': judgeDefinition.parse({
    name: 'spans',
    instructions: 'Is {{trace}} fine?',
    value: { type: 'boolean' },
  }),
  'a judge that reads the trace with tools': judgeDefinition.parse({
    name: 'walker',
    instructions: 'Is {{trace}} fine?',
    value: { type: 'boolean' },
    trace: { steps: 2 },
  }),
  'a conversation judge': builtinDefinition({ builtin: 'conversation-completeness' }),
};

for (const [kind, definition] of Object.entries(KINDS))
  test(`${kind} learns like any: its verdict is shown the learned rule and the labelled case`, async () => {
    const memory = memoryOf(definition);
    const from = practice.seen.bodies.length;
    const { found } = await assessAll({
      db,
      project: definition.name,
      rows: [
        {
          ...example('train-1', {
            inputs: { message: 'and now' },
            outputs: { answer: 'there' },
            tags: { part: 'train' },
          }),
          trace,
        },
      ],
      base: practice.base,
      scorers: [definition],
      memories: { [definition.name]: memory },
    });
    const [row] = found[definition.name]!;
    assert.equal(row!.assessment?.error, null, row!.assessment?.error?.message);
    const bodies = practice.seen.bodies
      .slice(from)
      .map((body) => JSON.parse(body) as { messages?: { content: string }[] });
    const { guidelines, examples } = readBlocks(bodies.at(-1)!.messages![1]!.content);
    assert.deepEqual(guidelines, [...(definition.guidelines ?? []), 'Learned: name the place.']);
    assert.equal((examples as JsonObject[])[0]!['value'], true);
    const used = Object.keys((examples as JsonObject[])[0]!);
    assert.ok(
      used.some((field) => ['outputs', 'trace', 'conversation'].includes(field)),
      used.join(),
    );
    assert.deepEqual((row!.evidence as JsonObject)['guidelines'], ['g1']);
  });
