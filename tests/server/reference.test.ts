import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OPERATIONS } from '../../operations/index.ts';
import { openDatabase } from '../db/database.ts';
import { type RunningServer, send, startServer, TOKEN } from './http.ts';

let server: RunningServer;
before(async () => {
  const { url } = await openDatabase();
  server = await startServer({ DATABASE_URL: url });
});
after(() => server.stop());

test('the reference shows every operation to who is signed in, runs no script of its own and asks nobody else', async () => {
  const stranger = await fetch(`${server.url}/api`, { redirect: 'manual' });
  assert.equal(stranger.status, 302);
  const login = await fetch(`${server.url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.url },
    body: new URLSearchParams({ who: 'ada', token: TOKEN, to: '/' }),
  });
  const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
  const answer = await fetch(`${server.url}/api`, { headers: { cookie } });
  assert.equal(answer.status, 200);
  const page = await answer.text();
  for (const { name } of OPERATIONS) assert.ok(page.includes(`id="${name}"`), name);
  assert.doesNotMatch(page, /https?:\/\//);
  assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self'/);
});

test('the OpenAPI document is whole: every reference in it leads somewhere', async () => {
  const { status, body } = await send(`${server.url}/api/v1/openapi.json`);
  assert.equal(status, 200);
  const document = body as {
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
    readonly paths: object;
  };
  assert.equal(Object.keys(document.paths).length, OPERATIONS.length);
  const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
  for (const [, reference = ''] of references) {
    const name = reference.replace('#/components/schemas/', '');
    assert.ok(name in document.components.schemas, reference);
  }
});

test('without the token nothing of the API is told', async () => {
  assert.equal((await send(`${server.url}/api/v1/prompt/list`, { token: null })).status, 401);
  assert.equal((await send(`${server.url}/api/v1/openapi.json`, { token: null })).status, 401);
});

test('a list is read page by page, and only with the fields that are asked for', async () => {
  for (const name of ['ask', 'be', 'see'])
    await send(`${server.url}/api/v1/prompt/register`, { body: { name, text: `You ${name}.` } });
  type Page = { readonly items: readonly object[]; readonly next: string | null };
  const list = async (query: string) =>
    (await send(`${server.url}/api/v1/prompt/list?${query}`)).body as Page;
  const first = await list('limit=2&fields=name');
  assert.deepEqual(first.items, [{ name: 'ask' }, { name: 'be' }]);
  const second = await list(`limit=2&fields=name&cursor=${first.next}`);
  assert.deepEqual(second, { items: [{ name: 'see' }], next: null });
  const wrong = await send(`${server.url}/api/v1/prompt/list?fields=colour`);
  assert.deepEqual(
    [wrong.status, (wrong.body as { error: { at: string } }).error.at],
    [400, 'fields'],
  );
});
