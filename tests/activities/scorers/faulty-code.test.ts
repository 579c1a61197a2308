import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Db } from '../../../db/connect.ts';
import { openDatabase } from '../../db/database.ts';
import { example } from '../../db/fixture.ts';
import { modelAt } from '../../llm/model-under-test.ts';
import { assessAll, codeScorer, type Served, startPractice } from './world.ts';

let db: Db;
let practice: Served;
before(async () => {
  ({ db } = await openDatabase());
  practice = await startPractice();
});
after(() => practice.close());

const SCORE = { type: 'number', min: 0, max: 1 } as const;
const COUNT = { type: 'number', min: 0, max: 100 } as const;
const TIMEOUT_MS = 300;
const LIMIT = { timeout: 60_000 };

const rows = ['fine', 'poison', 'well'].map((answer, n) =>
  example(`train-${n}`, { outputs: { answer }, tags: { part: 'train' } }),
);

/** Kind and words of each error by scorer; null where there is none. */
const errorsOf = (found: Awaited<ReturnType<typeof assessAll>>['found']) =>
  Object.fromEntries(
    Object.entries(found).map(([name, own]) => [
      name,
      own.map(({ assessment }) => assessment!.error),
    ]),
  );

test(
  'a scorer that never answers is an error of that assessment in its time: the process, its state and the others go on',
  LIMIT,
  async () => {
    const begun = performance.now();
    const { coded, found } = await assessAll({
      db,
      project: 'hanging',
      rows,
      base: practice.base,
      scorers: [],
      code: [codeScorer('hanging', SCORE, TIMEOUT_MS), codeScorer('counter', COUNT)],
    });
    const errors = errorsOf(found);
    assert.deepEqual([coded.done, coded.failed], [5, 1]);
    assert.deepEqual(errors['hanging'], [
      null,
      { kind: 'scorer-timeout', message: 'the scorer took more than 0.3 s of its own time' },
      null,
    ]);
    const counts = found['counter']!.map((row) => Number(row.assessment?.value));
    assert.deepEqual(
      counts.toSorted((a, b) => a - b),
      [1, 2, 3],
    );
    assert.ok(performance.now() - begun < 20_000);
  },
);

for (const [scorer, words] of [
  ['spinning', /did not answer for 2000 ms \(a busy loop\?\)/],
  ['leaving', /exit code 3/],
] as const)
  test(
    `a scorer that takes its process along (${scorer}) is an error of that assessment alone, and the worker lives`,
    LIMIT,
    async () => {
      const { coded, found } = await assessAll({
        db,
        project: scorer,
        rows,
        base: practice.base,
        scorers: [],
        code: [codeScorer(scorer, SCORE, TIMEOUT_MS), codeScorer('length', SCORE)],
      });
      const errors = errorsOf(found);
      assert.deepEqual([coded.done, coded.failed], [5, 1]);
      const [fine, poisoned, well] = errors[scorer]!;
      assert.deepEqual([fine, poisoned!.kind, well], [null, 'scorer-died', null]);
      assert.match(poisoned!.message, words);
      assert.deepEqual(errors['length'], [null, null, null]);
    },
  );

test(
  'a judge that a code scorer asks is in the ledger: scored again after a crash, nothing is paid a second time',
  LIMIT,
  async () => {
    const world = {
      db,
      project: 'asked-again',
      rows,
      base: practice.base,
      scorers: [],
      code: [codeScorer('asking', SCORE)],
      model: modelAt(practice.base),
    };
    const asked = practice.seen.requests;
    const first = await assessAll(world);
    assert.equal(practice.seen.requests - asked, 3);
    // What a kill takes of the assessments, after their replies were stored.
    await db.deleteFrom('assessment').where('project', '=', 'asked-again').execute();
    const second = await assessAll(world);
    assert.equal(practice.seen.requests - asked, 3);
    assert.deepEqual([second.coded.done, second.coded.failed], [3, 0]);
    const values = ({ found }: typeof first) =>
      found['asking']!.map((row) => row.assessment?.value);
    assert.deepEqual(values(second), values(first));
  },
);
