import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { type RunningServer, startServer, TOKEN } from '../http.ts';
import { openingLink } from '../../../client/running/addresses.ts';
import { signOpening } from '../../../domain/console/opening.ts';
import { openLabelSession } from '../session.ts';

let database: OpenDatabase;
let open: RunningServer;
let closed: RunningServer;
before(async () => {
  database = await openDatabase();
  await openLabelSession(database.db);
  [open, closed] = await Promise.all([
    startServer({ DATABASE_URL: database.url }),
    startServer({ DATABASE_URL: database.url, HOST: '0.0.0.0' }),
  ]);
});
after(() => Promise.all([open.stop(), closed.stop()]));

const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { redirect: 'manual', headers: { accept: 'text/html', ...headers } });
const post = (url: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(body), headers });

test('every answer carries a content policy that lets no inline script or style run', async () => {
  for (const path of ['/sessions', '/login', '/nothing', '/healthz', '/api/sessions']) {
    const { headers } = await get(`${open.url}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/, path);
    assert.doesNotMatch(policy, /unsafe|\*/, path);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  }
});

test('the console asks on a loopback address too; a one-time link opens it once, and no program of the machine without one', async () => {
  const asked = await get(`${open.url}/sessions`);
  assert.equal(asked.status, 302);
  assert.equal(asked.headers.get('location'), '/login?to=%2Fsessions');
  const link = openingLink({ url: open.url, token: TOKEN });
  const opened = await get(`${link}&to=%2Fsessions`);
  assert.deepEqual([opened.status, opened.headers.get('location')], [303, '/sessions']);
  const [pair = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  assert.equal((await get(`${open.url}/sessions`, { cookie: pair })).status, 200);
  const again = await get(link);
  assert.deepEqual([again.status, again.headers.get('set-cookie')], [401, null]);
  const guessed = openingLink({ url: open.url, token: `${TOKEN}.` });
  assert.equal((await get(guessed)).status, 401);
  const code = signOpening(TOKEN, { id: 'a-code-of-long-ago', issued: Date.now() - 3_700_000 });
  assert.equal((await get(`${open.url}/open?code=${code}`)).status, 401);
});

test('on other addresses the token is demanded, and the cookie it gives opens the console', async () => {
  const refused = await get(`${closed.url}/sessions`);
  assert.equal(refused.status, 302);
  const own = { origin: closed.url };
  const wrong = await post(`${closed.url}/login`, { who: 'eva', token: 'no', to: '/' }, own);
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get('set-cookie'), null);
  const right = await post(
    `${closed.url}/login`,
    { who: 'eva', token: TOKEN, to: '//evil.example' },
    own,
  );
  assert.deepEqual([right.status, right.headers.get('location')], [303, '/']);
  const cookie = right.headers.get('set-cookie') ?? '';
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=Lax/i);
  const [pair = ''] = cookie.split(';');
  assert.match(
    await (await get(`${closed.url}/sessions`, { cookie: pair })).text(),
    /eva, sign out/,
  );
  const altered = pair.replace(/eva/, 'bob');
  assert.notEqual(altered, pair);
  assert.equal((await get(`${closed.url}/sessions`, { cookie: altered })).status, 302);
});

test('a form sent by another site is refused, and so is one that names no origin', async () => {
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: open.url },
    {},
  ];
  for (const headers of foreign) {
    const { status } = await post(`${open.url}/logout`, {}, headers);
    assert.equal(status, 403, JSON.stringify(headers));
  }
  assert.equal((await post(`${open.url}/logout`, {}, { origin: open.url })).status, 303);
});

test('thirty wrong tokens from one address slow who guesses, and never who shows a valid one', async () => {
  const own = { origin: closed.url };
  const wrong = async () =>
    (await post(`${closed.url}/login`, { who: 'x', token: 'no' }, own)).status;
  for (let n = 0; n < 30; n++) await wrong();
  assert.equal(await wrong(), 429);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const right = await fetch(`${closed.url}/api/sessions`, { headers });
  assert.equal(right.status, 200);
  const guess = { authorization: 'Bearer no' };
  const guessed = await fetch(`${closed.url}/api/sessions`, { headers: guess });
  assert.equal(guessed.status, 429);
  assert.ok(Number(guessed.headers.get('retry-after')) > 0);
  const link = await get(`${closed.url}/label/zz`);
  assert.equal(link.status, 401, 'guesses at the token are none at a link');
  assert.equal((await post(`${closed.url}/login`, { who: 'x', token: TOKEN }, own)).status, 303);
});

test('what a page elsewhere makes a browser send is no guess', async () => {
  const told: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of told)
    for (let n = 0; n < 31; n++)
      assert.equal((await get(`${open.url}/label/zz`, headers)).status, 401);
});

test(
  'sign-in and sessions work in a browser, wide and on a phone',
  { skip: NO_BROWSER },
  async () => {
    const person = await openBrowser();
    await person.page.goto(`${open.url}/login`);
    await look(person, 'login');
    await person.page.goto(openingLink({ url: open.url, token: TOKEN }));
    await person.page.getByRole('heading', { name: 'Cycles' }).waitFor();
    await look(person, 'first-page');
    // The browser's own word on the 404.
    const told = person.page.waitForEvent('console');
    await person.page.goto(`${open.url}/nothing`);
    await person.page.getByText('There is no page /nothing').waitFor();
    await told;
    person.faults.length = 0;
    await look(person, 'fault');
  },
);

test(
  'a form that is sent twice while its answer is under way is one request',
  { skip: NO_BROWSER },
  async () => {
    const { page } = await openBrowser({ owner: open });
    let sent = 0;
    await page.route('**/links', async (route) => {
      sent += 1;
      await sleep(600);
      await route.continue().catch(() => undefined);
    });
    await page.goto(`${open.url}/sessions/demo%2F1%2F1`);
    await page.getByRole('textbox', { name: 'Rater', exact: true }).fill('dora');
    await page.evaluate(`{
      const form = document.querySelector('form[action$="/links"]');
      setTimeout(() => form.requestSubmit(), 0);
      setTimeout(() => form.requestSubmit(), 50);
    }`);
    await page.getByLabel('Link of dora').waitFor();
    assert.equal(sent, 1);
  },
);
