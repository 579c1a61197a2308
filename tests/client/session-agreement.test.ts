import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { saveAnswer } from '../../db/labels/answers.ts';
import { clustersOfItems } from '../../db/labels/items.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { Reliability } from '../../domain/statistics/reliability.ts';
import { sessionFigures } from '../../server/pages/sessions/figures.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { openReview } from '../server/review.ts';
import { attuneHere } from './cli.ts';

const ITEMS = 12;
let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
});

test('intervals of agreement draw conversations, not the messages of one', async () => {
  const { db } = database;
  const conversation = (at: number) => (at < ITEMS - 2 ? 'long' : 'short');
  const { session } = await openReview(db, { items: ITEMS, conversation });
  const ref = { project: PROJECT, session };
  const clusters = await clustersOfItems(db, ref);
  assert.deepEqual(
    [clusters.size, [...new Set(clusters.values())].sort()],
    [ITEMS, ['long', 'short']],
  );
  for (const [rater, wrong] of Object.entries({ ana: 3, ben: 4 }))
    for (let ordinal = 0; ordinal < ITEMS; ordinal += 1)
      await saveAnswer(db, {
        ...ref,
        rater,
        ordinal,
        answer: { value: ordinal % wrong !== 0 },
        now: Date.now(),
        faultOf: answerFault,
      });
  const env = { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT };
  const ran = await attuneHere(['label', 'agreement', '--session', session, '--json'], env);
  assert.equal(ran.code, 0, ran.err);
  const told = JSON.parse(ran.out) as Reliability;
  const { agreement } = await sessionFigures(db, ref);
  for (const found of [told, agreement]) {
    assert.equal(found.items, ITEMS);
    // A quarter of the draws are of the short conversation alone, where both say one value throughout.
    assert.ok(found.alphaUndefinedDraws > 0);
    assert.equal(found.alphaInterval, null);
  }
});
