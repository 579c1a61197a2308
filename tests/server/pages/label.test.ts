import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { currentLabels } from '../../../domain/label/consensus.ts';
import { listLabels } from '../../../db/labels.ts';
import { listAudit } from '../../../db/audit.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT } from '../../db/fixture.ts';
import { look, NO_BROWSER, openBrowser, type Person } from '../browser.ts';
import { type RunningServer, startServer } from '../http.ts';
import { linksFor, openReview, type Review } from '../review.ts';

const ITEMS = 30;
let database: OpenDatabase;
let server: RunningServer;
let review: Review;
let links: Readonly<Record<string, string>>;
before(async () => {
  database = await openDatabase();
  review = await openReview(database.db, { items: ITEMS });
  links = await linksFor(database.db, review.session, ['ana', 'ben']);
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const skip = NO_BROWSER;

async function open(rater: string, phone = false): Promise<Person> {
  const person = await openBrowser({ phone });
  await person.page.goto(`${server.url}/label/${links[rater]}`);
  await person.page.getByRole('heading', { name: /^Item \d+ of/ }).waitFor();
  return person;
}

/** The item on the page, counted from 1. */
const itemOf = async ({ page }: Person): Promise<number> =>
  Number(/^Item (\d+)/.exec((await page.locator('h1').textContent()) ?? '')?.[1]);

/** Chooses by the parity of the item, writes a reason for some, and submits: by keyboard alone. */
async function labelOne(person: Person, rater: string): Promise<void> {
  const { page } = person;
  await page.locator('.content[data-waits=no]').waitFor();
  const item = await itemOf(person);
  await page.keyboard.press(item % 3 === 0 ? '2' : '1');
  if (item % 5 === 0) {
    await page.keyboard.press('r');
    await page.keyboard.type(`${rater} on ${item}`);
  }
  await page.keyboard.press('Control+Enter');
  if (item < ITEMS) await page.locator('h1', { hasNotText: `Item ${item} of` }).waitFor();
}

const saved = (person: Person) => person.page.getByText('Everything is saved.').waitFor();

test(
  'two raters label thirty items each by keyboard, one reloading, one without network for a while: nothing is lost or doubled',
  { skip },
  async () => {
    const [ana, ben] = await Promise.all([open('ana'), open('ben', true)]);
    const anaLabels = async (): Promise<void> => {
      for (let n = 0; n < ITEMS; n++) {
        if (n === 12) {
          await ana.page.keyboard.press('2');
          await ana.page.keyboard.press('r');
          await ana.page.keyboard.type('half a thought');
          await ana.page.reload();
          await ana.page.getByRole('heading', { name: 'Item 13 of 30' }).waitFor();
          assert.equal(await ana.page.locator('#rationale').inputValue(), 'half a thought');
          assert.ok(await ana.page.getByRole('radio', { name: 'no' }).isChecked());
          await ana.page.locator('#rationale').fill('');
          await ana.page.locator('h1').focus();
        }
        await labelOne(ana, 'ana');
      }
    };
    const benLabels = async (): Promise<void> => {
      for (let n = 0; n < ITEMS; n++) {
        if (n === 8) await ben.context.setOffline(true);
        if (n === 14) {
          await ben.page.getByText(/answers wait on this device/).waitFor();
          await ben.context.setOffline(false);
        }
        await labelOne(ben, 'ben');
      }
    };
    await Promise.all([anaLabels(), benLabels()]);
    await Promise.all([saved(ana), saved(ben)]);
    for (const person of [ana, ben])
      await person.page.getByText('All items are answered').waitFor();

    const labels = await listLabels(database.db, { project: PROJECT, session: review.session });
    const current = currentLabels(labels);
    assert.equal(labels.length, 2 * ITEMS, 'no label twice');
    for (const rater of ['ana', 'ben']) {
      const own = current.filter((label) => label.rater === rater);
      assert.equal(own.length, ITEMS);
      for (const label of own) {
        const item = Number(label.traceId.split('-')[1]) + 1;
        assert.equal(label.value, item % 3 !== 0, `${rater} on ${item}`);
        assert.equal(label.rationale, item % 5 === 0 ? `${rater} on ${item}` : null);
      }
    }
    const audit = await listAudit(database.db, { project: PROJECT, subject: review.session });
    assert.equal(
      audit.filter(({ who, action }) => who === 'ben' && action === 'label').length,
      ITEMS,
    );
    assert.deepEqual(ana.faults, []);
  },
);

test(
  'a rater skips with a reason, undoes, corrects and goes back and forth by keys; one request an answer',
  { skip },
  async () => {
    const more = await linksFor(database.db, review.session, ['chloe']);
    const person = await openBrowser();
    const { page } = person;
    await page.goto(`${server.url}/label/${more['chloe']}`);
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
    await saved(person);
    await sleep(300);
    assert.deepEqual(puts, ['PUT /api/rater/items/0', 'PUT /api/rater/items/1']);

    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Item 2 of 30' }).waitFor();
    assert.ok(await page.getByRole('radio', { name: 'no' }).isChecked());
    await saved(person);
    const own = async () =>
      currentLabels(await listLabels(database.db, { project: PROJECT })).filter(
        ({ rater }) => rater === 'chloe',
      );
    await until(async () => (await own()).length === 0);
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await until(async () => (await own()).length === 1);
    assert.equal((await own())[0]?.value, true);
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

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50))
    if (await condition()) return;
  assert.fail('this did not come to be within 10 s');
}
