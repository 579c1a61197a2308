import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { saveAnswer } from '../../../db/labels/answers.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT } from '../../db/fixture.ts';
import { attack, ATTACKS, inert } from '../attacks.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { type RunningServer, startServer } from '../http.ts';
import { linksFor, openReview, type Review } from '../review.ts';

const RATER = `eve <img src=x onerror=alert('rater')>`;

let database: OpenDatabase;
let server: RunningServer;
let review: Review;
let token: string;
before(async () => {
  database = await openDatabase();
  review = await openReview(database.db, {
    items: ATTACKS.length,
    inputs: (at) => ({
      message: attack(at),
      [attack(at + 1)]: { messages: [{ role: attack(at + 2), content: attack(at) }] },
    }),
    outputs: (at) => ({ route: attack(at), turns: [{ role: 'agent', content: attack(at) }] }),
    spanName: (at) => attack(at),
    questions: [{ name: 'right', kind: 'expectation', text: `What then? ${ATTACKS[0]}` }],
  });
  for (const [rater, value] of [
    ['ana', true],
    [RATER, false],
  ] as const)
    for (let ordinal = 0; ordinal < 3; ordinal++)
      await saveAnswer(database.db, {
        project: PROJECT,
        session: review.session,
        rater,
        ordinal,
        answer: { value, rationale: attack(ordinal), extras: { right: attack(ordinal) } },
        now: Date.now(),
        faultOf: answerFault,
      });
  const links = await linksFor(database.db, review.session, [RATER]);
  token = links[RATER]!;
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const skip = NO_BROWSER;

test(
  'markup in messages, names, spans, reasons and questions is text on the labelling page',
  { skip },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${server.url}/label/${token}`);
    await page.getByRole('heading', { name: /^Item \d+ of/ }).waitFor();
    for (const [at, text] of ATTACKS.entries()) {
      await page.goto(`${server.url}/label/${token}`);
      await page.getByRole('heading', { name: /^Item \d+ of/ }).waitFor();
      for (let step = 3; step < at; step++) await page.keyboard.press('ArrowRight');
      for (let step = 3; step > at; step--) await page.keyboard.press('ArrowLeft');
      await page.getByRole('heading', { name: new RegExp(`^Item ${at + 1} of`) }).waitFor();
      await page.locator('.content').getByText(text, { exact: true }).first().waitFor();
      await inert(person, `item ${at}`);
    }
    await page.getByText(/^Trace: /).click();
    await page.locator('.step summary').nth(1).click();
    await page.getByText('step 1').waitFor();
    await inert(person, 'trace');
    await look(person, 'label-markup');
  },
);

test(
  "markup of raters and reasons is text on the owner's page, which decides a contested item",
  { skip },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${server.url}/sessions/${encodeURIComponent(review.session)}`);
    await page.getByText(ATTACKS[1]!).first().waitFor();
    await page.getByText(RATER).first().waitFor();
    await inert(person, 'session');
    await page.locator('form[action$="/decide"]').first().getByLabel('Why').fill(ATTACKS[3]!);
    await page.getByRole('button', { name: 'Decide' }).first().click();
    await page.getByText(`local owner decided: true, ${ATTACKS[3]}`).waitFor();
    await page.getByRole('textbox', { name: 'Rater', exact: true }).fill('dora');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = page.getByLabel('Link of dora');
    const address = await link.inputValue();
    assert.ok(address.startsWith(`${server.url}/label/`));
    assert.equal((await fetch(address)).status, 200);
    await page.locator('tr', { has: link }).getByRole('button', { name: 'Revoke' }).click();
    await page
      .getByText(/^revoked/)
      .first()
      .waitFor();
    assert.equal((await fetch(address)).status, 401);
    await inert(person, 'session, afterwards');
    await look(person, 'session');
  },
);
