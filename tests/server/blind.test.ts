import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adjudicate } from '../../db/labels/adjudications.ts';
import { saveAnswer } from '../../db/labels/answers.ts';
import { saveAssessments } from '../../db/runs/runs.ts';
import { listItems } from '../../db/labels/items.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { type AppDeps, createApp } from '../../server/app.ts';
import { openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { TOKEN } from './http.ts';
import { linksFor, openReview } from './review.ts';

/** What no rater may read: of the judge, of another rater, of who decided. */
const HIDDEN = {
  judge: 'what the judge thinks of it',
  score: '0.98765',
  rater: 'benedict',
  label: 'what benedict thinks of it',
  skip: 'why benedict skipped it',
  decision: 'what the owner decided',
} as const;

let app: ReturnType<typeof createApp>;
let token: string;
/** Something that is there for each parameter of a path. */
let params: Readonly<Record<string, string>>;
before(async () => {
  const { db } = await openDatabase();
  const { session } = await openReview(db, { items: 3 });
  await saveAssessments(db, {
    project: PROJECT,
    run: 'demo/1/evaluate',
    assessments: [0, 1, 2].map((ordinal) => ({
      ordinal,
      scorer: 'routing@1',
      assessment: {
        name: 'routing',
        value: true,
        score: Number(HIDDEN.score),
        rationale: HIDDEN.judge,
        error: null,
        source: 'judge:routing@1',
        evidence: {},
      },
    })),
  });
  const at = { project: PROJECT, session, now: Date.now(), faultOf: answerFault };
  const ben = { ...at, rater: HIDDEN.rater };
  const said = { value: false, rationale: HIDDEN.label, extras: { note: HIDDEN.label } };
  // One that ana has answered too, and one that she has not.
  for (const ordinal of [0, 2]) await saveAnswer(db, { ...ben, ordinal, answer: said });
  await saveAnswer(db, { ...ben, ordinal: 1, answer: { skip: HIDDEN.skip } });
  await saveAnswer(db, { ...at, rater: 'ana', ordinal: 0, answer: { value: true } });
  const [item] = await listItems(db, at);
  const { example, outputHash } = item!;
  await adjudicate(db, {
    project: PROJECT,
    session,
    name: 'routing',
    example,
    outputHash,
    value: false,
    rationale: HIDDEN.decision,
    who: 'the owner',
  });
  token = (await linksFor(db, session, ['ana']))['ana']!;
  params = { session, trace: 'trace-0', token };
  const deps: AppDeps = {
    db,
    project: PROJECT,
    access: { token: TOKEN },
    // Wrong tokens are many here; that they are bounded is shown elsewhere.
    attempts: { check: () => undefined, failed: () => undefined },
    temporal: null,
    temporalUi: null,
    forwarder: null,
  };
  app = createApp(deps);
});

/** What answers to everybody: nothing of it is about labels. */
const OPEN = /^(GET \/healthz|GET \/login|POST \/login|POST \/logout|GET \/assets\/.*)$/;
const RATERS = /^[A-Z]+ (\/api\/rater\b.*|\/label\/:token)$/;

const VALUES: Readonly<Record<string, (path: string) => string>> = {
  id: (path) => (path.includes('sessions') ? params['session']! : params['trace']!),
  token: () => params['token']!,
  ordinal: () => '0',
  span: () => 's1',
  name: (path) => (path.includes('cycles') ? 'demo' : 'router'),
  number: () => '1',
};
const filled = (path: string): string =>
  path.replaceAll(/:(\w+)(\{[^}]*\})?\??/g, (_, name: string) =>
    encodeURIComponent(VALUES[name]?.(path) ?? params['trace']!),
  );

/** Every route of the server, as it is registered: one that is added is tried too. */
const routes = (): readonly { readonly method: string; readonly path: string }[] => {
  const named = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'));
  return [...new Map(named.map((route) => [`${route.method} ${route.path}`, route])).values()];
};

const ask = async (
  { method, path }: { readonly method: string; readonly path: string },
  headers: Readonly<Record<string, string>>,
) => {
  const response = await app.request(`http://attune.example${path}`, {
    method,
    headers: {
      origin: 'http://attune.example',
      'sec-fetch-site': 'same-origin',
      host: 'attune.example',
      ...headers,
    },
    ...(method !== 'GET' && method !== 'HEAD' && { body: '{}' }),
  });
  return { response, text: await response.text() };
};

const inJson = { 'content-type': 'application/json' };
const strangers = (): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  nobody: inJson,
  'a rater': { ...inJson, authorization: `Bearer ${token}` },
  'a rater with the token as cookie': { cookie: `attune_owner=${token}; session=${token}` },
  'a rater who says to be local': {
    authorization: `Bearer ${token}`,
    host: 'localhost',
    'x-forwarded-for': '127.0.0.1',
  },
});

test('of all routes of the server a rater opens those of the own link, and is sent away from every other', async () => {
  const tried: string[] = [];
  for (const { method, path } of routes()) {
    const route = `${method} ${path}`;
    if (OPEN.test(route) || RATERS.test(route)) continue;
    for (const [who, headers] of Object.entries(strangers())) {
      const { response, text } = await ask({ method, path: filled(path) }, headers);
      const where = response.headers.get('location') ?? '';
      const away =
        response.status === 401 || (response.status === 302 && where.startsWith('/login'));
      assert.ok(away, `${route} answers ${who} with ${response.status} ${where}`);
      for (const [what, hidden] of Object.entries(HIDDEN))
        assert.ok(!text.includes(hidden), `${route} tells ${who} the ${what}`);
    }
    tried.push(route);
  }
  for (const known of ['GET /sessions/:id', 'GET /api/sessions/:id', 'POST /api/labels'])
    assert.ok(tried.includes(known), `${known} is among the routes tried`);
  assert.ok(tried.length > 20, `${tried.length} routes`);
});

test('what a rater does open tells nothing of the judge, of other raters or of decisions', async () => {
  let opened = 0;
  for (const { method, path } of routes().filter((at) => RATERS.test(`${at.method} ${at.path}`)))
    for (const query of ['', '?ordinals=0,1,2&rater=benedict&session=other']) {
      const headers = { ...inJson, authorization: `Bearer ${token}` };
      const { response, text } = await ask({ method, path: filled(path) + query }, headers);
      const status = method === 'GET' ? 200 : 400;
      assert.equal(response.status, status, `${method} ${path}: ${text.slice(0, 200)}`);
      for (const [what, hidden] of Object.entries(HIDDEN))
        assert.ok(!text.includes(hidden), `${method} ${path} tells the ${what}`);
      if (response.ok) opened += 1;
    }
  assert.ok(opened >= 8, `${opened} answers`);
});
