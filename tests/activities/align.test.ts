import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Json } from '../../contracts/json.ts';
import type { Value } from '../../contracts/value.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { practiceModel } from '../../bench/practice/model.ts';
import { judgeRollouts } from '../../activities/evaluate/judging.ts';
import * as runs from '../../db/runs/runs.ts';
import { openDatabase } from '../db/database.ts';
import { cases, judge, leftOut, topics, YES_NO } from './align/cases.ts';
import { alignIn, type Asked, type Case, depsOf } from './align/world.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const TYPES: readonly (readonly [string, unknown, (at: number) => Value])[] = [
  ['boolean', { type: 'boolean' }, (at) => at % 2 === 0],
  [
    'categories',
    { type: 'categories', categories: { good: 1, poor: 0 } },
    (at) => (at % 2 === 0 ? 'good' : 'poor'),
  ],
  [
    'ordinal categories',
    { type: 'categories', categories: { high: 1, middle: 0.5, low: 0 }, ordinal: true },
    (at) => ['high', 'middle', 'low'][at % 3]!,
  ],
  ['whole numbers', { type: 'integer', min: 1, max: 5 }, (at) => 1 + (at % 5)],
  ['numbers', { type: 'number', min: 0, max: 1 }, (at) => (at % 4) / 4],
  ['texts', { type: 'text' }, (at) => (at % 2 === 0 ? 'right' : 'wrong')],
];

for (const [name, type, valueOf] of TYPES)
  test(`labels that are ${name} are aligned to and measured`, async () => {
    const aligned = await alignIn(db, { definition: judge(type), cases: cases(20, valueOf) });
    const { report } = aligned;
    assert.equal(report.method, 'cross-fitted');
    assert.equal(report.snapshots, 20);
    assert.deepEqual([report.base.n, report.aligned!.n], [20, 20]);
    assert.notEqual(report.aligned!.accuracy, null);
    assert.deepEqual(leftOut(aligned), []);
  });

test('a fresh process embeds no label before the first verdict of an aligned judge, which is one chat call', async () => {
  for (const embedder of ['local-ngram-512', 'practice-embed']) {
    const all = cases(12, (at) => at % 2 === 0);
    const { cycle, report } = await alignIn(db, { definition: YES_NO, cases: all, embedder });
    // Another server, an empty ledger and empty caches: all that is asked from here on is seen.
    const seen: string[] = [];
    const practice = await practiceModel({ log: ({ body }) => void seen.push(body) });
    try {
      const deps = depsOf(db, practice.model, embedder);
      const { project } = cycle;
      await runs.createRun(db, {
        alone: {
          project,
          datasetVersion: cycle.datasetVersion,
          spec: { agent: 'recorded', models: {} },
        },
        name: 'first',
        kind: 'evaluate',
        scorers: [report.alignment!.judge!],
        agent: 'recorded',
        agentFingerprint: 'recorded',
        models: {},
      });
      await runs.addArmOfHashes(db, { project, run: 'first', arm: 'recorded', prompts: {} });
      const outputs = { answer: 'an answer that nobody labelled' };
      const cells = runs.recordedCells([{ example: all[0]!.id, outputs, traceId: null }]);
      await runs.planRollouts(db, { project, run: 'first', cells });
      const { signal } = new AbortController();
      await judgeRollouts(deps, { project, run: 'first', from: 0, to: 1 }, signal);
      const [row] = await runs.loadResults(db, { project, run: 'first' });
      const evidence = row!.evidence as { readonly snapshots: readonly string[] };
      assert.equal(evidence.snapshots.length, 5, 'the verdict records the past cases it was shown');
      const bodies = seen.map((body) => JSON.parse(body) as { input?: string | string[] });
      assert.equal(bodies.filter(({ input }) => input === undefined).length, 1, 'one chat call');
      const embedded = bodies.flatMap(({ input }) => input ?? []);
      assert.equal(embedded.length, embedder === 'practice-embed' ? 1 : 0);
      assert.ok(embedded.every((text) => text.includes('an answer')));
    } finally {
      practice.end();
    }
  }
});

test('a judge of conversations is aligned to them, and one of traces says which outputs have none', async () => {
  const polite = judge({ type: 'boolean' }, { instructions: 'Is the {{conversation}} polite?' });
  const talked = await alignIn(db, { definition: polite, cases: cases(10, (at) => at % 2 === 0) });
  const { project } = talked.cycle;
  const made = await getJudge(db, { project, id: talked.report.alignment!.judge! });
  assert.deepEqual(Object.keys(made.memory!.snapshots[0]!.fields), ['conversation']);
  assert.equal(talked.report.aligned!.n, 10);
  const traced = judge({ type: 'boolean' }, { instructions: 'Did {{trace}} use the right tools?' });
  const without = await alignIn(db, { definition: traced, cases: cases(4, (at) => at % 2 === 0) });
  assert.match(leftOut(without)[0]!.reason, /lack trace/);
  assert.equal(leftOut(without)[0]!.n, 4);
  assert.match(without.end.why, /there is no label to learn from/);
});

/** A rule of its own for each batch. */
const oneRuleABatch = ({ kind, request }: Asked): Json | undefined => {
  if (kind !== 'guidelines') return undefined;
  const { length } = JSON.stringify(request);
  return {
    guidelines: [{ text: `Prefer the ${topics[length % 4]} of size ${length}.`, sources: [1, 2] }],
  };
};

const LONG = process.env['ATTUNE_LONG'] === '1';
const skip = LONG ? false : 'takes a minute; set ATTUNE_LONG=1';

test(
  '10,000 labels cost 200 distillations and one consolidation, and every one is in the memory',
  { skip, timeout: 600_000 },
  async (t) => {
    const begun = performance.now();
    const learn = cases(10_000, (at) => at % 2 === 0);
    const held = cases(60, (at) => at % 2 === 0).map((row, at): Case => ({
      ...row,
      id: `test-${at}`,
      part: 'judge-test',
    }));
    const aligned = await alignIn(db, {
      definition: YES_NO,
      cases: [...learn, ...held],
      reply: oneRuleABatch,
    });
    const { report, asked, cycle } = aligned;
    const kinds = Map.groupBy(asked, ({ kind }) => kind);
    assert.deepEqual(
      [
        kinds.get('guidelines')!.length,
        kinds.get('consolidated')!.length,
        kinds.get('verdict')!.length,
      ],
      [200, 1, 120],
    );
    assert.deepEqual([report.snapshots, report.method, report.base.n], [10_000, 'held-out', 60]);
    const { memory } = await getJudge(db, { project: cycle.project, id: report.alignment!.judge! });
    assert.deepEqual(
      [memory!.snapshots.length, Object.keys(memory!.vectors).length],
      [10_000, 10_000],
    );
    t.diagnostic(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
  },
);
