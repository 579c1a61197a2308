import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { getCycle, updateCycle } from '../../../db/cycles/cycles.ts';
import { saveReport } from '../../../db/cycles/reports.ts';
import { createRun } from '../../../db/runs/runs.ts';
import { sampleReport } from '../../client/sample-report.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT } from '../../db/fixture.ts';
import { look, NO_BROWSER, openBrowser } from '../browser.ts';
import { fillConsole, GATE_SCORE, MARKUP, SEALED } from '../console-data.ts';
import { DRIVE } from '../drive-data.ts';
import { asOwner, type RunningServer, startServer } from '../http.ts';

const CYCLE = { project: PROJECT, cycle: 'demo', number: 1 };

/** Every page with something that only it shows. */
const PAGES: Readonly<Record<string, readonly [path: string, shows: RegExp]>> = {
  cycles: ['/cycles', /demo\/1/],
  cycle: ['/cycles/demo/1', /items are in its memory[^]*Confusion matrix, after alignment/],
  evaluations: ['/evaluations', /first/],
  evaluation: [
    '/evaluations/second?gates=routing%20%3E%3D%200.9,red',
    /mean 0.500 is below 0.9[^]*Lowest under routing@1/,
  ],
  compare: ['/evaluations/compare?first=first&second=second', /Regressions: 1/],
  drive: ['/drive', /Talk to router[^]*Where is my/],
  'drive-new': ['/drive/new?agent=router', /production \(version 1 now\)/],
  'drive-talk': [`/drive/${DRIVE}`, /router did not answer in its time[^]*is answering/],
  'traces-chosen': ['/traces?chosen=all', /Add to a session/],
  traces: ['/traces?q=tool%20~%20look', /route the message/],
  trace: ['/traces/trace-0', /no such account/],
  datasets: ['/datasets', /messages@1/],
  dataset: ['/datasets/messages@1?q=text%20~%20train', /message of train-2/],
  'dataset-row': ['/datasets/messages/rows/train-1', /Save as a new version/],
  'dataset-since': ['/datasets/messages@1?since=messages@1', /Nothing changed/],
  sessions: ['/sessions', /demo\/1\/1[^]*routing@1/],
  session: ['/sessions/demo%2F1%2F1', /Make a link[^]*Who did what/],
  judges: ['/judges', /routing@2/],
  judge: ['/judges/routing@2', /Roaming is/],
  prompts: ['/prompts', /production -&gt; 1/],
  prompt: ['/prompts/router?from=1&to=2', /<ins>\+ Never/],
};

let database: OpenDatabase;
let server: RunningServer;
before(async () => {
  database = await openDatabase();
  await fillConsole(database.db);
  server = await startServer({
    DATABASE_URL: database.url,
    // Nothing listens there: pages that only read stand without Temporal.
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    ATTUNE_TEMPORAL_UI: 'http://127.0.0.1:8233',
  });
});
after(() => server.stop());

const read = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await asOwner(server, path, { headers: { accept: 'text/html' } });
  return { status: response.status, text: await response.text() };
};

test('every page answers, escapes what is stored, and shows nothing that is sealed', async () => {
  for (const [name, [path, shows]] of Object.entries(PAGES)) {
    const { status, text } = await read(path);
    assert.equal(status, 200, name);
    assert.match(text, shows, name);
    assert.ok(!text.includes(MARKUP), `${name} holds markup that was stored`);
    assert.ok(!text.includes(SEALED), `${name} shows a trace of the gate`);
    assert.ok(!text.includes(GATE_SCORE), `${name} shows a score of an undecided gate`);
    assert.doesNotMatch(text, /message of sealed-/, `${name} shows a sealed row`);
  }
});

test('figures are held to their units, and times are told as on every page', async () => {
  for (const [name, [path]] of Object.entries(PAGES)) {
    const { text } = await read(path);
    assert.doesNotMatch(text, /<(td|dd)>\s*[-+]?[\d.,]+ (ms|s|min|h|%|USD|points)(?!\w)/, name);
    assert.doesNotMatch(text, /<(td|dd)>\s*\d{4}-\d\d-\d\dT/, name);
  }
});

test('a gate shows no score before its verdict, and all of them after it', async () => {
  const undecided = await read('/cycles/demo/1');
  assert.ok(!undecided.text.includes(GATE_SCORE));
  assert.match(undecided.text, /No verdict yet/);
  await updateCycle(database.db, CYCLE, { verdict: 'promote' });
  const decided = await read('/cycles/demo/1');
  assert.ok(decided.text.includes(GATE_SCORE));
  assert.match(decided.text, /namespaces\/default\/workflows\/cycle%2Ftest%2Fdemo%2F1/);
});

test('a decision is asked for in its phase only, from this server only, and with a reason', async () => {
  const decide = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    asOwner(server, '/cycles/demo/1/decide', {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
    });
  const own = { origin: server.url };
  assert.equal((await decide({ decision: 'approve', why: 'good' })).status, 403);
  assert.equal((await decide({ decision: 'approve', why: ' ' }, own)).status, 400);
  assert.equal((await decide({ decision: 'perhaps', why: 'good' }, own)).status, 400);
  const form = /action="\/cycles\/demo\/1\/decide"/;
  assert.doesNotMatch((await read('/cycles/demo/1')).text, form);
  await updateCycle(database.db, await getCycle(database.db, CYCLE), { phase: 'approve' });
  assert.match((await read('/cycles/demo/1')).text, form);
});

test('the page of a cycle says before its claims that a practice model or a scripted reviewer was in use', async () => {
  await saveReport(database.db, CYCLE, sampleReport({ claims: ['the claim'] }));
  const { text } = await read('/cycles/demo/1');
  assert.match(
    text,
    /What was found[^]*The practice model was in use[^]*a scripted reviewer[^]*the claim/,
  );
});

test('a trace of the gate is refused, and no search or filter finds what is sealed', async () => {
  const trace = await read('/traces/trace-sealed');
  assert.equal(trace.status, 403);
  assert.ok(!trace.text.includes(SEALED));
  const traces = await read(`/traces?q=${encodeURIComponent(`text ~ "${SEALED}"`)}`);
  assert.match(traces.text, /No trace matches/);
  const rows = await read('/datasets/messages?q=part%20%3D%20sealed');
  assert.match(rows.text, /No row matches/);
});

test('a run of another kind is no evaluation, whatever its name', async () => {
  const ref = await getCycle(database.db, CYCLE);
  await createRun(database.db, {
    ref,
    name: 'evaluate/gate',
    kind: 'gate',
    scorers: ['routing@1'],
    agent: 'router',
    agentFingerprint: 'f1',
    models: {},
  });
  assert.equal((await read('/evaluations/gate')).status, 404);
  assert.equal((await read('/evaluations/compare?first=gate&second=first')).status, 404);
});

test('a filter that is none is answered with what is wrong with it', async () => {
  for (const path of ['/traces?q=colour+%3D+red', '/datasets/messages?q=tag.lang+%3D']) {
    const { status, text } = await read(path);
    assert.equal(status, 400, path);
    assert.match(text, /role="alert">\s*filter, column/, path);
  }
});

test('what is not there is a 404 in words', async () => {
  const strange = [
    '/evaluations/none',
    '/traces/none',
    '/datasets/no@1',
    '/judges/no',
    '/prompts/no',
  ];
  for (const path of ['/cycles/demo/9', '/cycles/demo/x', ...strange]) {
    const { status, text } = await read(path);
    assert.equal(status, 404, path);
    assert.match(text, /is not there|no page/, path);
  }
});

test(
  'every page stands wide and on a phone, without a finding of axe',
  { skip: NO_BROWSER },
  async () => {
    const person = await openBrowser({ owner: server });
    for (const [name, [path]] of Object.entries(PAGES)) {
      await person.page.goto(`${server.url}${path}`);
      await look(person, `console-${name}`);
    }
  },
);
