import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { createApp } from '../../server/app.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { fillConsole } from '../server/console-data.ts';
import { ownerCookie, type RunningServer, startServer, TOKEN } from '../server/http.ts';
import { DRIVE } from '../server/drive-data.ts';
import { linksFor } from '../server/review.ts';

let database: OpenDatabase;
let server: RunningServer;
let rater: string;
before(async () => {
  database = await openDatabase();
  await fillConsole(database.db);
  rater = (await linksFor(database.db, 'demo/1/1', ['ana']))['ana']!;
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

/** Every route of the server, by method. */
function routes(): readonly (readonly [method: string, path: string])[] {
  const app = createApp({
    db: database.db,
    project: 'test',
    access: { token: TOKEN },
    attempts: { check: () => undefined, failed: () => undefined },
    temporal: null,
    temporalUi: null,
    forwarder: null,
  });
  const all = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'));
  const unique = new Map(
    all.map(({ method, path }) => [`${method} ${path}`, [method, path] as const]),
  );
  return [...unique.values()];
}

/** Texts that a program meets when somebody means it harm: each in place of any name, value or token. */
const HARM = ['\0', 'a\0b', '%00', '%ff%fe', '../../etc/passwd', "'; drop table trace; --"];
HARM.push('\u{202e}', '\ud800', 'x'.repeat(700), '__proto__', '-1', '1e999', '{{{{', '<b>');

/** Every name that a page or the API reads. */
const QUERY =
  'agent chosen code from gates id ordinals page q rater since start to v filter after'.split(' ');
const FIELDS =
  'act agent as before comment days decision every field hash judge message more name ordinal q rater raters rationale session tag thumbs to token value who why trace trace_id'.split(
    ' ',
  );

const spelled = (text: string): string =>
  text.startsWith('%') ? text : encodeURIComponent(text.toWellFormed());

/** What is there, so that a hostile field is read and not only a hostile name refused. */
const THERE = ['messages', 'routing', 'demo/1/1', 'demo/1', DRIVE, '1'.repeat(32)];

/** A route's paths with each harm in its places, and with names of what is there while the harm stands elsewhere. */
function cases(pattern: string): readonly (readonly [path: string, harm: string])[] {
  const filled = (text: string): string => pattern.replaceAll(/:[^/]+/g, text);
  if (!pattern.includes(':')) return HARM.map((harm) => [pattern, harm]);
  return [
    ...HARM.map((harm) => [filled(spelled(harm)), harm] as const),
    ...THERE.flatMap((name, n) =>
      HARM.filter((_, m) => (n + m) % 3 === 0).map(
        (harm) => [filled(encodeURIComponent(name)), harm] as const,
      ),
    ),
  ];
}

test('no route answers a hostile path, query, form or body with a fault of its own', async () => {
  const cookie = await ownerCookie(server);
  const found: string[] = [];
  const known = routes();
  assert.ok(known.length > 40, `${known.length} routes`);
  for (const [method, pattern] of known)
    await Promise.all(
      cases(pattern).map(async ([path, harm]) => {
        const query = QUERY.map((name) => `${name}=${spelled(harm)}`).join('&');
        const tokens = pattern.startsWith('/api/rater') ? rater : TOKEN;
        const headers = { cookie, origin: server.url, authorization: `Bearer ${tokens}` };
        const json = { 'content-type': 'application/json' };
        const body = Object.fromEntries(FIELDS.map((name) => [name, harm]));
        const requests: [string, RequestInit][] =
          method === 'GET'
            ? [
                [path, { headers }],
                [`${path}?${query}`, { headers }],
              ]
            : [
                [path, { headers, method, body: new URLSearchParams(body) }],
                [path, { headers: { ...headers, ...json }, method, body: JSON.stringify([body]) }],
                [path, { headers: { ...headers, ...json }, method, body: JSON.stringify(body) }],
              ];
        for (const [at, init] of requests) {
          const answer = await fetch(`${server.url}${at}`, { redirect: 'manual', ...init });
          await answer.arrayBuffer();
          // 503: what needs Temporal says that there is none.
          if (answer.status >= 500 && answer.status !== 503)
            found.push(`${answer.status} ${method} ${at.slice(0, 80)} ${JSON.stringify(harm)}`);
        }
      }),
    );
  assert.deepEqual(found, []);
});

test('a NUL is refused with its place: in a path, a query, a cookie, a form and a body', async () => {
  const cookie = await ownerCookie(server);
  const at = async (path: string, init: RequestInit = {}): Promise<readonly [number, string]> => {
    const answer = await fetch(`${server.url}${path}`, { redirect: 'manual', ...init });
    return [answer.status, await answer.text()];
  };
  const post = { method: 'POST', headers: { cookie, origin: server.url } };
  const json = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  for (const [path, place, init] of [
    ['/traces/a%00b', 'path', { headers: { cookie } }],
    ['/traces?q=%00', 'query.q', { headers: { cookie } }],
    ['/api/prompts/x?y=%00', 'query.y', {}],
    ['/traces', 'cookie.a', { headers: { cookie: `${cookie}; a=%00` } }],
    ['/datasets/messages/tag', 'tag', { ...post, body: new URLSearchParams({ tag: 'a\0' }) }],
    ['/api/labels', '0.value', { method: 'POST', headers: json, body: '[{"value":"\\u0000"}]' }],
  ] as const) {
    const [status, text] = await at(path, init);
    assert.equal(status, 400, path);
    assert.match(text, /NUL character/, path);
    const { error } = text.startsWith('{')
      ? (JSON.parse(text) as { error: { at: string } })
      : { error: null };
    if (error !== null) assert.equal(error.at, place);
  }
});

test('readers who wait for a busy table hold up neither health nor writers, and leave nothing behind when they go', async () => {
  const cookie = await ownerCookie(server);
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ count: string }>`select count(*) from pg_stat_activity
      where datname = current_database() and application_name = 'attune pages'
        and wait_event_type = 'Lock'`.execute(database.db);
    return Number(rows[0]?.count);
  };
  const until = async (holds: (count: number) => boolean): Promise<void> => {
    const begun = performance.now();
    while (!holds(await waiting())) assert.ok(performance.now() - begun < 8_000, 'in time');
  };
  const leave = new AbortController();
  await database.db.transaction().execute(async (tx) => {
    await sql`lock table trace in access exclusive mode`.execute(tx);
    const { signal } = leave;
    const readers = Array.from({ length: 10 }, () =>
      fetch(`${server.url}/traces?q=text~x`, { headers: { cookie }, signal }).catch(() => 'left'),
    );
    await until((count) => count >= 4);
    const begun = performance.now();
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    const headers = { authorization: `Bearer ${TOKEN}` };
    assert.equal((await fetch(`${server.url}/api/sessions`, { headers })).status, 200);
    assert.ok(performance.now() - begun < 2_000);
    leave.abort();
    assert.deepEqual(await Promise.all(readers), Array(10).fill('left'));
    await until((count) => count === 0);
  });
});
