import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPromptReader, PromptReadError } from '../../agents/served-prompts.ts';
import { servedPrompt } from '../../contracts/served-prompt.ts';
import { moveAlias, rollbackAlias } from '../../db/versions/aliases.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type RunningServer, send, startServer, TOKEN } from './http.ts';

let database: OpenDatabase;
let server: RunningServer;
const at = { project: PROJECT, prompt: 'router', alias: 'production', who: 'ada', why: 'a test' };
before(async () => {
  database = await openDatabase();
  for (const text of ['Route {{message}}.', 'Route {{message}} well.'])
    await registerPrompt(database.db, { project: PROJECT, name: 'router', text });
  await moveAlias(database.db, { ...at, expected: null, to: 1 });
  // Nothing listens there: prompts must not care.
  server = await startServer({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1' });
});
after(() => server.stop());

const urlOf = (reference: string) => `${server.url}/api/prompts/${reference}`;
const get = (reference: string, tag?: string | null) =>
  fetch(urlOf(reference), {
    headers: { authorization: `Bearer ${TOKEN}`, ...(tag && { 'if-none-match': tag }) },
  });

test('an agent reads the prompt behind an alias, a version or the newest while Temporal is down', async () => {
  const { status, body } = await send(urlOf('router@production'));
  assert.equal(status, 200);
  const served = servedPrompt.parse(body);
  assert.deepEqual(
    [served.number, served.text, served.variables, served.standing?.override],
    [1, 'Route {{message}}.', ['message'], false],
  );
  const numbers = ['router@2', 'router', 'router%40production'].map(
    async (reference) => servedPrompt.parse((await send(urlOf(reference))).body).number,
  );
  assert.deepEqual(await Promise.all(numbers), [2, 2, 1]);
});

test('an equal ETag is answered with 304 and no body until the alias moves; a move by hand is marked', async () => {
  const first = await get('router@production');
  const tag = first.headers.get('etag');
  assert.match(tag ?? '', /^(W\/)?"[0-9a-f]+"$/);
  assert.equal(first.headers.get('cache-control'), 'private, no-cache');
  const same = await get('router@production', tag);
  assert.deepEqual([same.status, await same.text()], [304, '']);
  await moveAlias(database.db, { ...at, expected: 1, to: 2 });
  const moved = await get('router@production', tag);
  assert.equal(moved.status, 200);
  const served = servedPrompt.parse(await moved.json());
  assert.deepEqual([served.number, served.standing?.override], [2, true]);
  await rollbackAlias(database.db, at);
  const back = servedPrompt.parse(await (await get('router@production', tag)).json());
  assert.deepEqual([back.number, back.standing?.rollback], [1, true]);
});

test('an unknown prompt is 404, an impossible reference 400, no token 401', async () => {
  const unknown = await send(urlOf('router@staging'));
  assert.equal(unknown.status, 404);
  assert.match(JSON.stringify(unknown.body), /router@staging.*is not there/);
  assert.equal((await send(urlOf('nobody@production'))).status, 404);
  assert.equal((await send(urlOf('Router'))).status, 400);
  assert.equal((await send(urlOf('router@production'), { token: null })).status, 401);
});

test('a reader keeps what it has read, sees a move once its copy is old, and survives the server', async () => {
  const own = await startServer({ DATABASE_URL: database.url });
  const options = { server: own.url, token: TOKEN };
  const fresh = createPromptReader(options);
  const asking = createPromptReader({ ...options, freshMs: 0 });
  for (const reader of [fresh, asking])
    assert.equal((await reader.read('router@production')).number, 1);
  await moveAlias(database.db, { ...at, expected: 1, to: 2 });
  assert.equal((await fresh.read('router@production')).number, 1);
  assert.equal((await asking.read('router@production')).number, 2);
  assert.equal((await asking.read('router@production')).number, 2);
  await assert.rejects(asking.read('router@staging'), { name: 'PromptReadError', status: 404 });
  await own.stop();
  assert.equal((await asking.read('router@production')).number, 2);
  await assert.rejects(
    asking.read('router@1'),
    (error) => error instanceof PromptReadError && error.status === null,
  );
});
