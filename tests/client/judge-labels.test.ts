import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledItems } from '../../client/judge/labels.ts';
import { adjudicate } from '../../db/labels/adjudications.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { recordLabels } from '../../db/labels/labels.ts';
import { openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { openLabelSession } from '../server/session.ts';

test('stored labels come with what a person decided of the items whose raters contradict each other', async () => {
  const { db } = await openDatabase();
  const { session, traces } = await openLabelSession(db);
  const [first, second] = traces as [string, string];
  const lines = [
    [first, 'ada', true],
    [first, 'bob', false],
    [second, 'ada', true],
  ] as const;
  const recorded = await recordLabels(db, {
    project: PROJECT,
    lines: lines.map(([trace_id, rater, value]) => ({ trace_id, rater, name: 'routing', value })),
    now: Date.now(),
    faultOf: () => null,
  });
  const { example, outputHash } = recorded[0]!.label;
  const decision = { example, outputHash, value: false, rationale: 'A plan.', who: 'cid' };
  await adjudicate(db, { project: PROJECT, name: 'routing', session, ...decision });
  const { definition } = await getJudge(db, { project: PROJECT, id: 'routing' });
  const { items } = await labelledItems(db, { project: PROJECT, definition });
  assert.deepEqual(
    items.map((item) => [item.example, item.labels.length, item.decided ?? null]),
    [
      [example, 2, { who: 'cid', value: false, rationale: 'A plan.' }],
      [recorded[2]!.label.example, 1, null],
    ],
  );
});
