import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { currentLabels } from '../../../domain/label/consensus.ts';
import { listLabels } from '../../../db/labels/labels.ts';
import { closeSession } from '../../../db/labels/sessions.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT } from '../../db/fixture.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { type RunningServer, startServer } from '../http.ts';
import { allSaved, openLabelPage } from '../rater-page.ts';
import { linksFor, openReview, type Review } from '../review.ts';

const ITEMS = 30;
let database: OpenDatabase;
let server: RunningServer;
let review: Review;
before(async () => {
  database = await openDatabase();
  review = await openReview(database.db, { items: ITEMS });
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const skip = NO_BROWSER;

async function urlOf(rater: string): Promise<string> {
  const links = await linksFor(database.db, review.session, [rater]);
  return `${server.url}/label/${links[rater]}`;
}

const labelsOf = async (rater: string) =>
  currentLabels(await listLabels(database.db, { project: PROJECT })).filter(
    (label) => label.rater === rater,
  );

test(
  'a rater skips with a reason, undoes, corrects and goes back and forth by keys; one request an answer',
  { skip },
  async () => {
    const person = await openLabelPage(await urlOf('chloe'));
    const { page } = person;
    await page.getByRole('heading', { name: 'Item 1 of 30' }).waitFor();
    await page.getByText('Message 0: my bill').waitFor();
    await page.waitForLoadState('networkidle');
    await look(person, 'label');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await look(person, 'label-keys');
    await page.keyboard.press('Escape');

    const puts: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/'))
        puts.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await page.keyboard.press('s');
    await page.keyboard.type('not my field');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Item 3 of 30' }).waitFor();
    await allSaved(person);
    await sleep(300);
    assert.deepEqual(puts, ['PUT /api/rater/items/0', 'PUT /api/rater/items/1']);

    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
    assert.ok(await page.getByRole('radio', { name: 'no' }).isChecked());
    await allSaved(person);
    await until(async () => (await labelsOf('chloe')).length === 0);
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await until(async () => (await labelsOf('chloe')).length === 1);
    assert.equal((await labelsOf('chloe'))[0]?.value, true);
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'Item 2 of 30, labelled' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('You skipped it: not my field').waitFor();
    await page.getByText('Trace: 3 steps').click();
    await page.getByText('look up the account').click();
    await page.getByText('done 1').waitFor();
    await look(person, 'label-trace');
  },
);

for (const [rater, storage] of Object.entries({ emil: 'on', emma: 'off' }))
  test(
    `what a rater writes before a late item is there stays in its field, and so does the focus; storage is ${storage}`,
    { skip },
    async () => {
      const { page } = await openBrowser();
      if (storage === 'off')
        await page.addInitScript('Storage.prototype.setItem = () => { throw new Error("full"); };');
      const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
      await page.route('**/api/rater/items?*', async (route) => {
        await arrival;
        await route.continue();
      });
      await page.goto(await urlOf(rater));
      await page.getByRole('heading', { name: 'Item 1 of 30' }).waitFor();
      for (const key of ['ArrowRight', 'ArrowRight', '2', 'ArrowRight'])
        await page.keyboard.press(key);
      await page.getByRole('heading', { name: 'Item 4 of 30' }).waitFor();
      assert.equal(await page.locator('.content').getAttribute('data-waits'), 'yes');
      assert.equal(
        await page.getByRole('radio', { checked: true }).count(),
        0,
        'that was of item 3',
      );
      await page.keyboard.press('r');
      await page.keyboard.type('too s');
      arrive();
      await page.getByText('Message 3: my bill').waitFor();
      await page.keyboard.type('oon, and unsure');
      assert.equal(await page.locator('#rationale').inputValue(), 'too soon, and unsure');
    },
  );

test(
  'answers given without network survive the closing of the page, and are sent when it is opened again',
  { skip },
  async () => {
    const url = await urlOf('dora');
    const first = await openLabelPage(url, { phone: true });
    await first.page.waitForLoadState('networkidle');
    await first.context.setOffline(true);
    for (const item of [1, 2]) {
      await first.page.getByText('yes', { exact: true }).click();
      await first.page.locator('#rationale').fill(`reason ${item}`);
      await first.page.getByRole('button', { name: 'Submit' }).click();
    }
    await first.page.getByText('2 answers wait on this device').waitFor();
    await first.page.close();
    assert.deepEqual(await labelsOf('dora'), []);

    await first.context.setOffline(false);
    const page = await first.context.newPage();
    await page.goto(url);
    await page.getByRole('heading', { name: 'Item 3 of 30' }).waitFor();
    await until(async () => (await labelsOf('dora')).length === 2);
    assert.deepEqual(
      (await labelsOf('dora')).map(({ rationale }) => rationale),
      ['reason 1', 'reason 2'],
    );
  },
);

test(
  'an answer that arrives while the page is being loaded anew is not asked for again',
  { skip },
  async () => {
    const { page } = await openLabelPage(await urlOf('fred'));
    await page.waitForLoadState('networkidle');
    const { promise: loaded, resolve: load } = Promise.withResolvers<void>();
    await page.route('**/api/rater/items/0', async (route) => {
      await loaded;
      await route.continue();
    });
    // The server makes the new page before the answer comes, and the answer is acknowledged to the old one.
    await page.route('**/label/*', async (route) => {
      const response = await route.fetch();
      const saved = page.waitForResponse('**/api/rater/items/0');
      load();
      await (await saved).finished();
      await sleep(200);
      await route.fulfill({ response });
    });
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'Item 1 of 30, labelled' }).waitFor();
    assert.ok(await page.getByRole('radio', { name: 'yes' }).isChecked());
    assert.equal((await labelsOf('fred')).length, 1);
  },
);

test(
  'what is typed to an item while its answer is under way is not lost when that arrives',
  { skip },
  async () => {
    const { page, arrive } = await answerUnderWay('gina');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('r');
    await page.keyboard.type('a second thought');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowRight');
    arrive();
    await page.getByText('Everything is saved.').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'Item 1 of 30, labelled' }).waitFor();
    assert.equal(await page.locator('#rationale').inputValue(), 'a second thought');
  },
);

test(
  'an answer given anew while the first is under way stands, also where that one is refused',
  { skip },
  async () => {
    const { page, arrive } = await answerUnderWay('hugo', { status: 422 });
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('2');
    await page.keyboard.press('Control+Enter');
    arrive();
    await page.getByText('Item 1 was not saved').waitFor();
    await page.getByText('Everything is saved.').waitFor();
    await page.getByText('1 of 30 labelled').waitFor();
    assert.deepEqual(
      (await labelsOf('hugo')).map(({ value }) => value),
      [false],
    );
  },
);

test(
  'an item that comes once more, from before its answer, is shown with the answer',
  { skip },
  async () => {
    const { page } = await openBrowser();
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    const ahead = page.waitForResponse(/ordinals=3,/);
    await page.route(/ordinals=3,/, async (route) => {
      const response = await route.fetch();
      await arrival;
      await route.fulfill({ response });
    });
    await page.goto(await urlOf('ivy'));
    await page.getByRole('heading', { name: 'Item 1 of 30' }).waitFor();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await page.getByText('Message 3: my bill').waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Everything is saved.').waitFor();
    arrive();
    await (await ahead).finished();
    await page.getByRole('heading', { name: 'Item 5 of 30' }).waitFor();
    await page.getByText('Message 4: my bill').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'Item 4 of 30, labelled' }).waitFor();
    assert.ok(await page.getByRole('radio', { name: 'no' }).isChecked());
  },
);

test(
  'who comes after the end of a session is told so, and the answer is kept as late',
  { skip },
  async () => {
    const url = await urlOf('late');
    await closeSession(database.db, {
      project: PROJECT,
      session: review.session,
      endedBy: 'target',
    });
    const person = await openLabelPage(url);
    await person.page.getByText('This session has ended. Answers are still kept').waitFor();
    await look(person, 'label-ended');
    await person.page.keyboard.press('1');
    await person.page.keyboard.press('Control+Enter');
    await person.page.getByText('your answer was kept, and is marked as late').waitFor();
    assert.deepEqual(
      (await labelsOf('late')).map(({ late }) => late),
      [true],
    );
  },
);

/** A rater whose answer to item 1, "yes", is under way until `arrive` is called, and then refused where a status is given. */
async function answerUnderWay(rater: string, refusal?: { readonly status: number }) {
  const { page } = await openLabelPage(await urlOf(rater));
  const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
  await page.route(
    '**/api/rater/items/0',
    async (route) => {
      await arrival;
      await (refusal === undefined ? route.continue() : route.fulfill({ ...refusal, json: null }));
    },
    { times: 1 },
  );
  await page.keyboard.press('1');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
  return { page, arrive };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50))
    if (await condition()) return;
  assert.fail('this did not come to be within 10 s');
}
