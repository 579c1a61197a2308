import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listItems } from '../../../db/labels/items.ts';
import { getExamples } from '../../../db/data/examples.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { example, importRows, PROJECT } from '../../db/fixture.ts';
import { attack, ATTACKS, inert } from '../attacks.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { DRIVE, fillDrive } from '../drive-data.ts';
import { type RunningServer, startServer } from '../http.ts';
import { openReview } from '../review.ts';

const ALL = ATTACKS.join('\n');

let database: OpenDatabase;
let server: RunningServer;
before(async () => {
  database = await openDatabase();
  await openReview(database.db, { items: 2, inputs: (at) => ({ message: attack(at) }) });
  await fillDrive(database.db, ALL);
  const row = example('odd', { inputs: { message: ALL }, tags: { [attack(0)]: attack(1) } });
  await importRows(database.db, [row, example('even')]);
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const skip = NO_BROWSER;

test(
  'markup in messages, answers, faults and comments is text in a test drive',
  { skip },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${server.url}/drive`);
    await page.getByText(ATTACKS[0]!).first().waitFor();
    await inert(person, 'test drives');
    await page.goto(`${server.url}/drive/${DRIVE}`);
    for (const text of ATTACKS) await page.getByText(text).first().waitFor();
    await page.getByLabel('Comment on answer 1').fill(ATTACKS[2]!);
    await page.getByRole('button', { name: 'Thumbs down, answer 1' }).click();
    await page.locator('button[aria-pressed=true]').waitFor();
    assert.equal(await page.getByLabel('Comment on answer 1').inputValue(), ATTACKS[2]);
    await inert(person, 'talk');
    await look(person, 'drive-markup');
  },
);

test(
  'markup in a row stays text when it is edited, and where the versions are compared',
  { skip },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${server.url}/datasets/messages?q=id+%3D+odd`);
    await page.getByRole('link', { name: 'Edit row odd' }).click();
    const inputs = page.getByRole('textbox', { name: /^inputs/ });
    assert.deepEqual(JSON.parse(await inputs.inputValue()), { message: ALL });
    await inert(person, 'row');
    await page.getByRole('textbox', { name: /^outputs/ }).fill('{"route": ');
    const told = page.waitForEvent('console');
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText('outputs is no JSON').waitFor();
    await told;
    assert.match(person.faults.splice(0).join(), /status of 400/);
    await page.getByRole('textbox', { name: /^outputs/ }).fill(JSON.stringify({ route: ALL }));
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText('0 added, 1 changed').waitFor();
    await page.getByText('odd: changed').click();
    const version = decodeURIComponent(new URL(page.url()).pathname.replace('/datasets/', ''));
    const [row] = await getExamples(database.db, { project: PROJECT, version, ids: ['odd'] });
    assert.deepEqual(row?.outputs, { route: ALL });
    await inert(person, 'version');
    await page.getByText('Change all rows').click();
    await page.getByLabel('Tag', { exact: true }).fill(ATTACKS[1]!);
    await page.getByLabel('Value').fill(ATTACKS[3]!);
    await page.getByRole('button', { name: 'Set on 2' }).click();
    await page.getByText('0 added, 2 changed').waitFor();
    await inert(person, 'tagged');
    await look(person, 'dataset-changed');
  },
);

test(
  'markup in traces is text where they are chosen, into a session that is open',
  { skip },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${server.url}/traces`);
    const choose = page.getByRole('checkbox', { name: /^Choose trace 1111/ });
    await choose.check();
    await page.getByLabel('Its name, if new').fill('odd-ones');
    await inert(person, 'choice');
    await page.getByRole('button', { name: 'Add to a session' }).click();
    await page.getByRole('heading', { name: 'odd-ones' }).waitFor();
    await page.goto(`${server.url}/traces`);
    await page.getByRole('link', { name: 'Choose all on this page' }).click();
    await page.locator('select[name=session]').selectOption('odd-ones');
    await page.getByRole('button', { name: 'Add to a session' }).click();
    await page.getByRole('heading', { name: 'odd-ones' }).waitFor();
    await inert(person, 'session');
    const items = await listItems(database.db, { project: PROJECT, session: 'odd-ones' });
    assert.deepEqual(items.map(({ traceId }) => traceId.slice(0, 7)).toSorted(), [
      '1111111',
      '2222222',
      'trace-0',
      'trace-1',
    ]);
  },
);
