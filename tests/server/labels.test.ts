import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { labelsAnswer, refusal } from '../../contracts/session-view.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import {
  type Answer,
  failServer,
  type RunningServer,
  type Send,
  send,
  startServer,
  TOKEN,
} from './http.ts';
import { openLabelSession, type OpenSession } from './session.ts';

let database: OpenDatabase;
let server: RunningServer;
let open: OpenSession;
before(async () => {
  database = await openDatabase();
  open = await openLabelSession(database.db);
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const post = (body: unknown, how: Send = {}): Promise<Answer> =>
  send(`${server.url}/api/labels`, { body, ...how });
const count = async (): Promise<number> =>
  (await listLabels(database.db, { project: PROJECT })).length;
const label = (trace: number, changes: object = {}) => ({
  trace_id: open.traces[trace],
  rater: 'ana',
  name: 'routing',
  value: true,
  rationale: 'it is about money',
  ...changes,
});
const errorOf = ({ status, body }: Answer) => ({ status, ...refusal.parse(body).error });

test('the server is up without Temporal and says that the database answers', async () => {
  const { status, body } = await send(`${server.url}/healthz`, { token: null });
  assert.deepEqual({ status, body }, { status: 200, body: { ok: true, database: true } });
});

test('without the token, or with a wrong one, nothing is told and nothing is stored', async () => {
  for (const token of [null, '', 'x', `${TOKEN}x`]) {
    assert.equal((await send(`${server.url}/api/sessions`, { token })).status, 401);
    const refused = errorOf(await post(label(0), { token }));
    assert.deepEqual(
      [refused.status, refused.kind, refused.at],
      [401, 'forbidden', 'authorization'],
    );
  }
  assert.equal(await count(), 0);
});

test('the same label twice answers the same and is one label; another value supersedes it', async () => {
  const first = labelsAnswer.parse((await post(label(0))).body).labels[0];
  assert.equal(first?.state, 'created');
  const again = labelsAnswer.parse((await post(label(0))).body).labels[0];
  assert.deepEqual(again, { ...first, state: 'unchanged' });
  assert.equal(await count(), 1);
  const changed = labelsAnswer.parse((await post(label(0, { value: false }))).body).labels[0];
  assert.equal(changed?.state, 'superseded');
  assert.equal(await count(), 2);
});

test('an array is stored whole or not at all, and the refusal names the label and why', async () => {
  const there = await count();
  const cases: readonly (readonly [unknown, object])[] = [
    [[label(1), label(2, { value: 'yes' })], { status: 422, kind: 'refused', at: '1' }],
    [[label(1), label(2, { trace_id: 'nobody' })], { status: 422, kind: 'refused', at: '1' }],
    [
      [label(1), label(2, { output_hash: '0123456789' })],
      { status: 422, kind: 'refused', at: '1' },
    ],
    [[label(1), label(2, { name: 'other' })], { status: 422, kind: 'refused', at: '1' }],
    [[label(1), { ...label(2), score: 1 }], { status: 400, kind: 'invalid', at: '1.score' }],
    [label(1, { value: 'yes' }), { status: 422, kind: 'refused', at: 'body' }],
    [label(1, { rater: '' }), { status: 400, kind: 'invalid', at: 'rater' }],
    [label(1, { row_id: 'align-labels-2' }), { status: 400, kind: 'invalid', at: 'body' }],
    [[], { status: 400, kind: 'invalid', at: 'body' }],
    ['label', { status: 400, kind: 'invalid', at: 'body' }],
  ];
  for (const [body, expected] of cases) {
    const { status, kind, at, message } = errorOf(await post(body));
    assert.deepEqual({ status, kind, at }, expected, message);
  }
  assert.equal(await count(), there);
});

test('a body that is not JSON, or too large, is refused as such', async () => {
  const broken = errorOf(await post(null, { raw: '{"trace_id":' }));
  assert.deepEqual([broken.status, broken.kind, broken.at], [400, 'invalid', 'body']);
  const form = errorOf(await post(null, { raw: 'a=b', type: 'application/x-www-form-urlencoded' }));
  assert.deepEqual([form.status, form.at], [415, 'content-type']);
  const large = errorOf(await post(label(1, { rationale: 'x'.repeat(5_100_000) })));
  assert.deepEqual([large.status, large.kind], [413, 'invalid']);
});

test('forty equal requests at once make one label', async () => {
  const there = await count();
  const answers = await Promise.all(Array.from({ length: 40 }, () => post(label(3))));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(await count(), there + 1);
});

test('what is not there is a 404 that says so', async () => {
  const page = errorOf(await send(`${server.url}/api/nothing`));
  assert.deepEqual([page.status, page.kind], [404, 'not-found']);
  const session = errorOf(await send(`${server.url}/api/sessions/none/items`));
  assert.deepEqual([session.status, session.at], [404, 'id']);
});

test('a method or an address that the API does not know is refused as JSON, whatever the caller would read', async () => {
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'text/html,*/*' };
  const cases = [
    ['DELETE', '/api/labels', 405, 'POST'],
    ['PUT', '/api/prompts/router@production', 405, 'GET'],
    ['POST', '/healthz', 405, 'GET'],
    ['POST', '/api/nothing', 404, null],
    ['GET', '/api/v1/nothing', 404, null],
    ['GET', '/api/nothing/else', 404, null],
  ] as const;
  for (const [method, path, status, allow] of cases) {
    const answer = await fetch(`${server.url}${path}`, { method, headers });
    const { kind, at } = errorOf({ status, body: await answer.json() });
    const expected = status === 404 ? ['not-found', 'path'] : ['invalid', 'method'];
    assert.deepEqual([answer.status, kind, at], [status, ...expected], `${method} ${path}`);
    assert.equal(answer.headers.get('allow'), allow);
  }
});

test('a port in use is named, with the remedy', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const { code, err } = await failServer({ DATABASE_URL: database.url, PORT: String(port) });
  taken.close();
  assert.equal(code, 1);
  assert.match(err, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use; set PORT`));
});

test('a variable that is missing is named', async () => {
  const { code, err } = await failServer({ ATTUNE_TOKEN: 'short' });
  assert.equal(code, 1);
  assert.match(err, /DATABASE_URL is not set.*ATTUNE_TOKEN is shorter/);
});

test('SIGTERM ends the server cleanly', async () => {
  const other = await startServer({ DATABASE_URL: database.url });
  assert.equal((await send(`${other.url}/healthz`)).status, 200);
  assert.equal(await other.stop(), 0);
});
