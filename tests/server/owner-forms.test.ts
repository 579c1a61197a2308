import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listAudit } from '../../db/audit.ts';
import { listVersions } from '../../db/data/diff.ts';
import { listTurns } from '../../db/drives/turns.ts';
import { listDrives } from '../../db/drives/drives.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { listItems } from '../../db/labels/items.ts';
import { getSession, listSessions } from '../../db/labels/sessions.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { fillConsole } from './console-data.ts';
import { DRIVE } from './drive-data.ts';
import { type Fields, postForm } from './forms.ts';
import { asOwner, type RunningServer, startServer, TOKEN } from './http.ts';
import { linksFor } from './review.ts';

let database: OpenDatabase;
let open: RunningServer;
let closed: RunningServer;
before(async () => {
  database = await openDatabase();
  await fillConsole(database.db);
  // Nothing listens there: a worker cannot be told of a message.
  const env = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  [open, closed] = await Promise.all([startServer(env), startServer(env)]);
});
after(() => Promise.all([open.stop(), closed.stop()]));

const post = (path: string, fields: Fields, at = open, headers: object = {}) =>
  postForm(at, { path, fields, headers });

/** Everything that a form of an owner could change. */
const FORMS: Readonly<Record<string, Fields>> = {
  '/drive': { agent: 'router', 'prompt.router': '1', field: 'message', as: '' },
  [`/drive/${DRIVE}/turns`]: { message: 'hello' },
  [`/drive/${DRIVE}/turns/4/again`]: {},
  [`/drive/${DRIVE}/turns/1/thumbs`]: { thumbs: 'down' },
  '/traces/session': {
    trace: '1'.repeat(32),
    session: '',
    name: 'x',
    judge: 'routing',
    raters: '1',
    days: '7',
  },
  '/datasets/messages/rows/train-1': { hash: 'h', inputs: '{}' },
  '/datasets/messages/rows/train-1/remove': { hash: 'h' },
  '/datasets/messages/tag': { tag: 'a', value: 'b', act: 'set' },
  '/datasets/messages/filter': { q: 'part = train', as: 'fewer' },
};

test("a rater's link, a stranger and another site change nothing through the forms of the owner", async () => {
  const links = await linksFor(database.db, 'demo/1/1', ['ana']);
  const token = links['ana']!;
  const state = async (): Promise<unknown> => [
    await listDrives(database.db, { project: PROJECT, limit: 9 }),
    await listTurns(database.db, { project: PROJECT, drive: DRIVE }),
    await listLabels(database.db, { project: PROJECT }),
    await listSessions(database.db, { project: PROJECT }),
    await listVersions(database.db, { project: PROJECT, name: 'messages' }),
  ];
  const earlier = await state();
  for (const [path, fields] of Object.entries(FORMS)) {
    for (const headers of [
      { authorization: `Bearer ${token}`, cookie: '' },
      { cookie: `attune_owner=${token}` },
      { cookie: 'attune_owner=' },
    ]) {
      const { status, to } = await post(path, fields, closed, headers);
      assert.equal(status, 302, path);
      assert.match(to, /^\/login\?to=/, path);
    }
    const foreign = { origin: 'https://evil.example' };
    assert.equal((await post(path, fields, open, foreign)).status, 403, path);
  }
  const pages = ['/drive', `/drive/${DRIVE}`, `/drive/${DRIVE}/turns`, '/drive/new?agent=router'];
  for (const path of [...pages, '/traces', '/datasets/messages/rows/train-1']) {
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await fetch(`${closed.url}${path}`, { headers, redirect: 'manual' });
    assert.equal(status, 302, path);
  }
  assert.deepEqual(await state(), earlier);
  assert.notEqual(TOKEN, token);
});

const ONE = '1'.repeat(32);
const TWO = '2'.repeat(32);

test('chosen traces become a session, more are added to it, none twice; sealed and closed ones are refused', async () => {
  const form = { session: '', name: 'review', judge: 'routing', raters: '2', days: '7' };
  const made = await post('/traces/session', { ...form, trace: ONE });
  assert.deepEqual([made.status, made.to], [303, '/sessions/review']);
  const more: Fields = [
    ['trace', ONE],
    ['trace', TWO],
    ['session', 'review'],
  ];
  assert.equal((await post('/traces/session', more)).status, 303);
  const at = { project: PROJECT, session: 'review' };
  const items = await listItems(database.db, at);
  assert.deepEqual(
    items.map(({ traceId, ordinal, weight }) => [traceId, ordinal, weight]),
    [
      [ONE, 0, null],
      [TWO, 1, null],
    ],
  );
  const session = await getSession(database.db, at);
  assert.deepEqual([session.target, session.ratersPerItem, session.cycle], [4, 2, null]);
  const audit = await listAudit(database.db, { project: PROJECT, subject: 'review' });
  assert.deepEqual(
    audit.map(({ who, action, detail }) => [who, action, detail]),
    [
      ['local owner', 'open', { items: 1 }],
      ['local owner', 'add', { items: 1 }],
    ],
  );
  const page = await (await asOwner(open, `/sessions/review`)).text();
  assert.match(page, /<td>add<\/td><td>1 item<\/td>/);
  const bad: readonly (readonly [Fields, number, RegExp])[] = [
    [{ ...form, name: 'other', trace: 'trace-sealed' }, 404, /is not there/],
    [{ ...form, name: 'other' }, 400, /Choose a trace/],
    [{ ...form, trace: ONE }, 409, /review/],
    [{ ...form, name: 'No Name', trace: ONE }, 400, /Name the session/],
    [{ ...form, name: 'other', raters: '0', trace: ONE }, 400, /whole number/],
    [{ trace: ONE, session: 'demo/1/1' }, 409, /round of its cycle/],
    [{ trace: ONE, session: 'nobody' }, 404, /is not there/],
  ];
  for (const [fields, status, fault] of bad) {
    const answer = await post('/traces/session', fields);
    assert.equal(answer.status, status, JSON.stringify(fields));
    assert.match(answer.text, fault);
  }
  assert.equal((await post('/sessions/review/close', {})).status, 303);
  assert.equal((await post('/traces/session', more)).status, 409);
});

test('all that a filter finds goes into a session, and never a trace of the gate', async () => {
  const made = await post('/traces/session', {
    session: '',
    name: 'everything',
    judge: 'routing',
    raters: '1',
    days: '1',
    every: 'yes',
    q: '',
  });
  assert.equal(made.status, 303);
  const items = await listItems(database.db, { project: PROJECT, session: 'everything' });
  assert.ok(items.some(({ traceId }) => traceId === TWO));
  assert.ok(items.every(({ traceId }) => traceId !== 'trace-sealed'));
});

const thumbsOf = (turn: number) => `/drive/${DRIVE}/turns/${turn}/thumbs`;

test('thumbs become one label on the trace, the last word counts, and only answers are rated', async () => {
  assert.equal((await post(thumbsOf(1), { thumbs: 'up' })).status, 303);
  const down = { thumbs: 'down', comment: 'wrong <b>queue</b>' };
  assert.equal((await post(thumbsOf(1), down)).status, 303);
  assert.equal((await post(thumbsOf(3), down)).status, 409);
  assert.equal((await post(thumbsOf(9), down)).status, 404);
  assert.equal((await post(thumbsOf(1), { thumbs: 'sideways' })).status, 400);
  const labels = (await listLabels(database.db, { project: PROJECT, name: 'thumbs' })).filter(
    ({ traceId }) => traceId === ONE,
  );
  assert.deepEqual(
    labels.map(({ rater, value, rationale }) => [rater, value, rationale]),
    [
      ['user:local owner', true, null],
      ['user:local owner', false, down.comment],
    ],
  );
  const page = await (await asOwner(open, `/drive/${DRIVE}`)).text();
  assert.match(page, /aria-label="Thumbs down, answer 1"\s+aria-pressed="true"/);
  assert.match(page, /value="wrong &lt;b&gt;queue/);
  const found = await (await asOwner(open, `/traces?q=label.thumbs+%3D+false`)).text();
  assert.match(found, new RegExp(`value="${ONE}"`));
  const audit = await listAudit(database.db, { project: PROJECT, subject: ONE });
  assert.deepEqual(
    audit.map(({ who, action }) => [who, action]),
    [
      ['user:local owner', 'label'],
      ['user:local owner', 'label'],
    ],
  );
});

test('one message waits at a time; where no worker can be told, the message is kept and may be asked again', async () => {
  const early = await post(`/drive/${DRIVE}/turns`, { message: 'too early' });
  assert.equal(early.status, 409);
  assert.match(early.text, /still at message 5/);
  const begun = await post('/drive', {
    agent: 'router',
    'prompt.router': 'production',
    field: 'message',
    as: 'messages',
    before: 'previous',
    more: '{"plan": "basic"}',
  });
  assert.equal(begun.status, 303);
  const drive = begun.to.replace('/drive/', '');
  assert.equal((await post(`${begun.to}/turns`, { message: 'hello' })).status, 303);
  const page = await (await asOwner(open, begun.to)).text();
  assert.match(page, /Your message is kept, but no worker could be told of it/);
  assert.match(page, /Temporal cannot be reached[^]*Ask again/);
  const [turn, ...others] = await listTurns(database.db, { project: PROJECT, drive });
  assert.deepEqual(others, []);
  assert.deepEqual(turn?.inputs, { plan: 'basic', message: 'hello' });
  assert.deepEqual([turn.versions, turn.status], [{ router: 1 }, 'missing']);
  for (const [fields, fault] of [
    [{ agent: 'router', 'prompt.router': '7', field: 'm', as: '' }, /router@7/],
    [{ agent: 'router', field: 'm', as: '' }, /Choose a version/],
    [{ agent: 'router', 'prompt.router': '1', field: 'm', as: '', more: '[]' }, /did not work/],
    [{ agent: 'nobody', field: 'm', as: '' }, /nobody/],
  ] as const)
    assert.match((await post('/drive', fields)).text, fault);
});
