import { randomUUID } from 'node:crypto';
import { signOpening } from '../../domain/console/opening.ts';
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adjudicate } from '../../db/labels/adjudications.ts';
import { saveAnswer } from '../../db/labels/answers.ts';
import { listItems } from '../../db/labels/items.ts';
import { closeSession } from '../../db/labels/sessions.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { createApp } from '../../server/app.ts';
import { openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { TOKEN } from './http.ts';
import { openReview } from './review.ts';

const ITEMS = 14;
const CONTESTED = 12;
let app: ReturnType<typeof createApp>;
before(async () => {
  const { db } = await openDatabase();
  const { session } = await openReview(db, { items: ITEMS });
  const at = { project: PROJECT, session };
  const say = (rater: string, ordinal: number, value: boolean) =>
    saveAnswer(db, {
      ...at,
      rater,
      ordinal,
      answer: { value, rationale: `${rater} on ${ordinal}` },
      now: Date.now(),
      faultOf: answerFault,
    });
  for (let ordinal = 0; ordinal < ITEMS; ordinal++) {
    await say('ana', ordinal, true);
    await say('ben', ordinal, ordinal >= CONTESTED);
  }
  const [first] = await listItems(db, at);
  const { example, outputHash } = first!;
  const decided = { value: false, rationale: 'we talked', who: 'eva' };
  await adjudicate(db, { ...at, name: 'routing', example, outputHash, ...decided });
  await closeSession(db, { ...at, endedBy: 'target' });
  await say('cleo', 0, true);
  const attempts = { check: () => undefined, failed: () => undefined };
  const rest = { temporal: null, temporalUi: null, forwarder: null };
  app = createApp({
    db,
    project: PROJECT,
    access: { token: TOKEN },
    attempts,
    ...rest,
  });
});

const page = async (query = ''): Promise<string> => {
  const code = signOpening(TOKEN, { id: randomUUID(), issued: Date.now() });
  const opened = await app.request(`http://localhost/open?code=${code}`);
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  const headers = { cookie, accept: 'text/html' };
  const answer = await app.request(`http://localhost/sessions/demo%2F1%2F1${query}`, { headers });
  assert.equal(answer.status, 200);
  return (await answer.text()).replaceAll(/\s+/g, ' ');
};
const cards = (text: string): readonly string[] =>
  [...text.matchAll(/<h3>Item (\d+):/g)].map(([, number]) => number!);

test('contested items come ten a page, the undecided first, with what was asked and answered', async () => {
  const first = await page();
  assert.deepEqual(cards(first), ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
  assert.match(first, /Page 1 of 2, 12 items/);
  assert.match(first, /Message 1: my bill is too high/);
  assert.doesNotMatch(first, /Message 13: my bill/, 'only of the items shown');
  assert.match(first, /href="\/traces\/trace-1"/);
  const second = await page('?page=2');
  assert.deepEqual(cards(second), ['12', '1']);
  assert.match(second, /eva \(claimed\) decided: false, we talked/);
  assert.deepEqual(cards(await page('?page=99')), ['12', '1']);
  assert.deepEqual(cards(await page('?page=x')), cards(first));
});

test('figures leave late labels out, and decisions stand apart from them', async () => {
  const text = await page();
  const fact = (name: string): string | undefined =>
    new RegExp(`<dt>${name}</dt> <dd>([^<]*)</dd>`).exec(text)?.[1];
  assert.deepEqual(['labels', 'items agreed on', 'contested', 'decided'].map(fact), [
    `${2 * ITEMS} of ${2 * ITEMS}`,
    '2',
    '12',
    '1',
  ]);
  const row = (rater: string): readonly string[] =>
    [
      ...(new RegExp(`<tr> <td>${rater}</td>(.*?)</tr>`).exec(text)?.[1] ?? '').matchAll(
        /<td>(.*?)<\/td>/g,
      ),
    ].map(([, cell]) => cell!);
  assert.deepEqual(row('ana').slice(0, 4), ['14 of 14', '0', '0', '0 of 1']);
  assert.deepEqual(row('ben').slice(0, 4), ['14 of 14', '0', '0', '1 of 1']);
  assert.deepEqual(row('cleo').slice(0, 4), ['0 of 14', '0', '1', 'none']);
  assert.match(text, /Most disputed.*ana: true, ben: false/);
  assert.doesNotMatch(text, /Cohen's kappa: .*cleo/);
});

test('the audit says in words who did what, to which item, and what came late', async () => {
  const text = await page();
  assert.match(text, /<td>cleo<\/td><td>label<\/td><td>item 1, late<\/td>/);
  assert.match(
    text,
    /<td>eva \(claimed\)<\/td><td>adjudicate<\/td><td>example item-00000, value false<\/td>/,
  );
  assert.doesNotMatch(text, /&quot;ordinal&quot;/);
});
