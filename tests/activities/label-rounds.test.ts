import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../activities/deps.ts';
import { countLabels, labelAgreement, roundBefore } from '../../activities/label/figures.ts';
import { remind } from '../../activities/label/remind.ts';
import { adjudicate, listAdjudications } from '../../db/labels/adjudications.ts';
import { saveAnswer } from '../../db/labels/answers.ts';
import { listItems } from '../../db/labels/items.ts';
import { closeSession } from '../../db/labels/sessions.ts';
import type { Db } from '../../db/connect.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { moreItems } from '../../domain/label/more-items.ts';
import { openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { linksFor, openReview, type Review } from '../server/review.ts';

let db: Db;
let review: Review;
before(async () => {
  ({ db } = await openDatabase());
  review = await openReview(db, { items: 4 });
  for (const [rater, values] of Object.entries({
    ana: [true, true, false, true],
    'ben <b>': [true, false, false],
  }))
    for (const [ordinal, value] of values.entries()) await answer(rater, ordinal, { value });
});

const at = () => ({ project: PROJECT, session: review.session });
const answer = (rater: string, ordinal: number, said: Parameters<typeof saveAnswer>[1]['answer']) =>
  saveAnswer(db, { ...at(), rater, ordinal, answer: said, now: Date.now(), faultOf: answerFault });
const ref = () => ({ project: PROJECT, cycle: review.cycle, number: review.number });

test('a contested item is out of the consensus until a person decides; the figures of agreement stay', async () => {
  const first = await countLabels(db, at());
  assert.deepEqual([first.labels, first.consensus, first.contested], [7, 3, 1]);
  const { alpha } = await labelAgreement({ db } as ActivityDeps, ref());
  const [, contested] = await listItems(db, at());
  const decision = {
    example: contested!.example,
    outputHash: contested!.outputHash,
    rationale: 'we talked',
    who: 'chloe',
  };
  const name = 'routing';
  await adjudicate(db, { ...at(), name, ...decision, value: false });
  await adjudicate(db, { ...at(), name, ...decision, value: true });
  const after = await countLabels(db, at());
  assert.deepEqual([after.labels, after.consensus, after.contested], [7, 4, 0]);
  assert.deepEqual(await labelAgreement({ db } as ActivityDeps, ref()), { alpha });
  assert.deepEqual(
    (await listAdjudications(db, { project: PROJECT, name })).map(({ value, who }) => [value, who]),
    [[true, 'chloe']],
  );
});

test('a skip counts as answered work; undone it does not', async () => {
  await answer('ben <b>', 3, { skip: 'cannot tell' });
  assert.equal((await countLabels(db, at())).skipped, 1);
  await answer('ben <b>', 3, { skip: 'cannot tell' });
  await answer('ben <b>', 3, null);
  assert.equal((await countLabels(db, at())).skipped, 0);
});

test('another round asks new items at random, and again those nobody agrees on', async () => {
  const items = await listItems(db, at());
  const candidates = [
    ...items,
    { ...items[0]!, example: 'new-1' },
    { ...items[0]!, example: 'new-2' },
  ].map(({ example, outputHash, traceId }) => ({
    example,
    outputHash,
    traceId,
    part: 'align-labels' as const,
    score: 1,
  }));
  const known = await roundBefore(db, ref());
  const unsettled = new Set([`${items[1]!.example}#${items[1]!.outputHash}`]);
  const more = moreItems({ candidates, ...known!, unsettled, size: 4, raters: 2, seed: 's' });
  assert.deepEqual(more.items.map(({ example }) => example).sort(), [
    items[1]!.example,
    'new-1',
    'new-2',
  ]);
  assert.equal(more.wanted, 2 * 2 + 2 + 1, 'two new by two raters, the two labels there, one more');
  assert.ok(more.items.every(({ weight }) => weight === null));
});

test('a reminder goes to the webhook as Slack reads it, with who has work left and the link of nobody', async (t) => {
  await linksFor(db, review.session, ['ana', 'ben <b>']);
  const bodies: string[] = [];
  const keys: unknown[] = [];
  let status = 200;
  const hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      keys.push(request.headers['idempotency-key']);
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => void hook.close());
  await new Promise((resolve) => hook.once('listening', resolve));
  const webhook = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
  const deps = { db, outward: { webhook, url: 'https://attune.example' } } as ActivityDeps;
  const run = (ordinal = 0) =>
    new MockActivityEnvironment().run(() => remind(deps, { ...at(), ordinal }));
  await run();
  const { text } = JSON.parse(bodies[0]!) as { text: string };
  assert.match(
    text,
    /<https:\/\/attune\.example\/sessions\/demo%2F1%2F1\|demo\/1\/1> waits: 7 of 8 labels/,
  );
  assert.match(text, /• ben &lt;b&gt;: 1 item left/);
  assert.doesNotMatch(text, /\/label\//, 'in a channel a link would be that of everybody');
  assert.doesNotMatch(text, /ana/, 'ana has nothing left');
  await run(1);
  status = 503;
  await assert.rejects(run(), { type: 'WebhookRefused', nonRetryable: false });
  status = 404;
  await assert.rejects(run(), { type: 'WebhookRefused', nonRetryable: true });
  const [first, second, ...repeated] = keys;
  assert.match(String(first), /^[0-9a-f]{64}$/);
  assert.notEqual(second, first, 'another reminder has a key of its own');
  assert.deepEqual(repeated, [first, first], 'one that is sent again keeps its key');
});

test('what comes after the end of a session is kept, and counts for nothing', async () => {
  await closeSession(db, { ...at(), endedBy: 'signal' });
  assert.deepEqual(await answer('ben <b>', 3, { value: true }), { late: true });
  assert.equal((await countLabels(db, at())).labels, 7);
});
