import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { answered, raterItem, raterView } from '../../contracts/rater-view.ts';
import { revokeLinks } from '../../db/labels/links.ts';
import { currentLabels } from '../../domain/label/consensus.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { saveAssessments } from '../../db/runs/runs.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type Answer, type RunningServer, startServer, TOKEN } from './http.ts';
import { linksFor, openReview, type Review } from './review.ts';

const SECRET = 'what the judge thinks of it';
let database: OpenDatabase;
let server: RunningServer;
let review: Review;
let links: Readonly<Record<string, string>>;
before(async () => {
  database = await openDatabase();
  review = await openReview(database.db, { items: 4 });
  await saveAssessments(database.db, {
    project: PROJECT,
    run: 'demo/1/evaluate',
    assessments: [0, 1, 2, 3].map((ordinal) => ({
      ordinal,
      scorer: 'routing@1',
      assessment: {
        name: 'routing',
        value: true,
        score: 0.987,
        rationale: SECRET,
        error: null,
        source: 'judge:routing@1',
        evidence: {},
      },
    })),
  });
  links = await linksFor(database.db, review.session, ['ana', 'ben', 'gone']);
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

type Request = {
  readonly token?: string | undefined;
  readonly method?: string;
  readonly body?: unknown;
};
async function call(path: string, { token, method = 'GET', body }: Request = {}): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text };
  }
}
const put = (token: string | undefined, ordinal: number, answer: unknown, ahead: number[] = []) =>
  call(`/api/rater/items/${ordinal}`, { token, method: 'PUT', body: { answer, ahead } });

test("a rater's link opens its own session under its own name, and no other path of the API", async () => {
  const token = links['ana'];
  const view = raterView.parse((await call('/api/rater', { token })).body);
  assert.deepEqual([view.rater, view.answers], ['ana', '....']);
  const owned = [
    '/api/sessions',
    `/api/sessions/${encodeURIComponent(review.session)}`,
    `/api/sessions/${encodeURIComponent(review.session)}/items`,
    '/api/prompts/router',
    '/api/rater/../sessions',
    '/api/rater/%2e%2e/sessions',
  ];
  for (const path of owned) assert.equal((await call(path, { token })).status, 401, path);
  const label = { trace_id: 'trace-0', rater: 'ben', name: 'routing', value: true };
  for (const path of ['/api/labels', '/api/feedback'])
    assert.equal((await call(path, { token, method: 'POST', body: label })).status, 401, path);
  assert.equal((await listLabels(database.db, { project: PROJECT })).length, 0);
});

test('the token of the owner is no link, and a body cannot name another rater or session', async () => {
  assert.equal((await call('/api/rater', { token: TOKEN })).status, 401);
  const body = { answer: { value: true, rater: 'ben' }, ahead: [] };
  const forged = await call('/api/rater/items/0', { token: links['ana'], method: 'PUT', body });
  assert.equal(forged.status, 400);
});

test('an altered, cut, expired or revoked link opens nothing, neither page nor API', async () => {
  const good = links['ana']!;
  const [id, expiry, mac] = good.split('.') as [string, string, string];
  const later = (Number.parseInt(expiry, 36) + 86_400).toString(36);
  const [other] = links['ben']!.split('.');
  const flipped = `${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`;
  await revokeLinks(database.db, {
    project: PROJECT,
    session: review.session,
    rater: 'gone',
    who: 'owner',
  });
  const expired = await linksFor(database.db, review.session, ['late'], -1_000);
  const bad: Record<string, string> = {
    'another expiry': `${id}.${later}.${mac}`,
    "another's id": `${other}.${expiry}.${mac}`,
    'another signature': `${id}.${expiry}.${flipped}`,
    'no signature': `${id}.${expiry}`,
    'cut short': good.slice(0, -3),
    expired: expired['late']!,
    revoked: links['gone']!,
    nothing: 'x',
  };
  for (const [what, token] of Object.entries(bad)) {
    assert.equal((await call('/api/rater', { token })).status, 401, what);
    assert.equal((await put(token, 0, { value: true })).status, 401, what);
    const page = await call(`/label/${token}`);
    assert.equal(page.status, 401, what);
    assert.doesNotMatch(String(page.body), /Message 0|routing/, what);
  }
  assert.match(
    JSON.stringify((await call('/api/rater', { token: bad['revoked'] })).body),
    /taken back/,
  );
  assert.match(
    JSON.stringify((await call('/api/rater', { token: bad['expired'] })).body),
    /expired/,
  );
  assert.equal((await listLabels(database.db, { project: PROJECT })).length, 0);
});

test("nothing a rater can ask for holds the judge's score or another rater's label, before and after they labelled", async () => {
  const bens = 'what ben thinks of it';
  assert.equal((await put(links['ben'], 0, { value: false, rationale: bens })).status, 200);
  assert.equal((await put(links['ben'], 1, { skip: bens })).status, 200);
  const seen = async (): Promise<string> => {
    const token = links['ana'];
    const paths = [
      '/api/rater',
      '/api/rater/items?ordinals=0,1,2,3',
      '/api/rater/items/0/spans/s0',
      '/api/rater/items/0/spans/s1',
      `/label/${token}`,
    ];
    const answers = await Promise.all(paths.map((path) => call(path, { token })));
    for (const [at, { status }] of answers.entries()) assert.equal(status, 200, paths[at]);
    return JSON.stringify(answers);
  };
  for (const turn of ['before', 'after']) {
    const all = await seen();
    for (const hidden of [SECRET, bens, '0.987', '0.123456', 'ben'])
      assert.ok(!all.includes(hidden), `${hidden}, ${turn}`);
    const done = await put(links['ana'], 0, { value: true }, [0, 1]);
    const reply = answered.parse(done.body);
    assert.equal(reply.items[0]?.label?.value, true);
    assert.ok(!JSON.stringify(reply).includes(bens));
  }
  const { items } = z
    .object({ items: z.array(raterItem) })
    .parse((await call('/api/rater/items?ordinals=0', { token: links['ana'] })).body);
  assert.deepEqual(items[0]?.label, { value: true, rationale: null, extras: null });
});

const own = async () =>
  (await listLabels(database.db, { project: PROJECT })).filter(
    ({ rater, traceId }) => rater === 'ana' && traceId === 'trace-2',
  );

test('the same answer twice is one label, another value supersedes, null takes it back', async () => {
  for (let n = 0; n < 3; n++) await put(links['ana'], 2, { value: true, rationale: 'once' });
  assert.equal((await own()).length, 1);
  await put(links['ana'], 2, { value: false });
  assert.deepEqual(
    currentLabels(await own()).map(({ value }) => value),
    [false],
  );
  await put(links['ana'], 2, null);
  await put(links['ana'], 2, null);
  assert.deepEqual([(await own()).length, currentLabels(await own()).length], [3, 0]);
  await put(links['ana'], 2, { skip: 'unclear' });
  const again = await put(links['ana'], 2, { value: true }, [2]);
  const [item] = answered.parse(again.body).items;
  assert.deepEqual([item?.label?.value, item?.skip], [true, null]);
});

test('an answer that is none, or to no item, is refused with its place', async () => {
  const wrong = await put(links['ana'], 3, { value: 'maybe' });
  assert.deepEqual(
    [wrong.status, JSON.stringify(wrong.body).includes('not true or false')],
    [422, true],
  );
  assert.equal((await put(links['ana'], 99, { value: true })).status, 404);
  assert.equal((await put(links['ana'], 3, { value: true, skip: 'both' })).status, 400);
  assert.equal((await call('/api/rater/items?ordinals=x', { token: links['ana'] })).status, 400);
});

const post = (body: object, key?: string) =>
  fetch(`${server.url}/api/feedback`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
  });
const thumbs = async () =>
  (await listLabels(database.db, { project: PROJECT, name: 'thumbs' })).map(({ value }) => value);

test("a product's thumbs become labels on the trace; a key repeated does nothing, one reused is refused", async () => {
  const down = { trace_id: 'trace-1', thumbs: 'down', comment: 'wrong queue', user: 'u1' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(down, 'k1')));
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  assert.equal(new Set(bodies).size, 1, 'all five are answered the same');
  assert.deepEqual(await thumbs(), [false]);
  await post({ ...down, thumbs: 'up' }, 'k2');
  assert.equal(
    await (await post(down, 'k1')).text(),
    bodies[0],
    'the first answer, though it was changed since',
  );
  assert.deepEqual(await thumbs(), [false, true]);
  assert.equal((await post({ ...down, thumbs: 'up' }, 'k1')).status, 422);
  assert.equal((await post({ ...down, trace_id: 'nobody' })).status, 422);
});

test('thirty links that are none slow their guesser, and lock no rater out', async () => {
  const good = links['ana']!;
  let last = 0;
  for (let n = 0; n < 31; n++) ({ status: last } = await call('/api/rater', { token: `no.${n}` }));
  assert.equal(last, 429);
  assert.equal((await call('/api/rater', { token: good })).status, 200);
  assert.equal((await fetch(`${server.url}/label/${good}`)).status, 200);
  const guessed = await fetch(`${server.url}/label/no.31`);
  assert.equal(guessed.status, 429);
  assert.ok(Number(guessed.headers.get('retry-after')) > 0);
});
