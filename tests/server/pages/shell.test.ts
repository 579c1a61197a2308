import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { type RunningServer, startServer, TOKEN } from '../http.ts';
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

test('on a loopback address the console is open; a foreign name or a proxy in front of it is not let in', async () => {
  assert.equal((await get(`${open.url}/sessions`)).status, 200);
  const proxied = await get(`${open.url}/sessions`, { 'x-forwarded-for': '10.1.2.3' });
  assert.equal(proxied.status, 302);
  assert.equal(proxied.headers.get('location'), '/login?to=%2Fsessions');
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

test('thirty wrong tokens from one address, and the next is not even looked at', async () => {
  const own = { origin: closed.url };
  let last = 0;
  for (let n = 0; n < 31; n++)
    last = (await post(`${closed.url}/login`, { who: 'x', token: `no ${n}` }, own)).status;
  assert.equal(last, 429);
  const right = await fetch(`${closed.url}/api/sessions`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assert.equal(right.status, 429);
  assert.ok(Number(right.headers.get('retry-after')) > 0);
});

test(
  'sign-in and sessions work in a browser, wide and on a phone',
  { skip: NO_BROWSER },
  async () => {
    const person = await openBrowser();
    await person.page.goto(`${open.url}/login`);
    await look(person, 'login');
    await person.page.goto(`${open.url}/`);
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
    const { page } = await openBrowser();
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
