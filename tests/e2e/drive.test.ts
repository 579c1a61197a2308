import type { ServerAddress } from '../../client/connections.ts';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { judgeDefinition } from '../../contracts/judge.ts';
import type { Db } from '../../db/connect.ts';
import { registerAgents } from '../../db/versions/agents.ts';
import { addTurn, listTurns, missTurn } from '../../db/drives/turns.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { moveAlias } from '../../db/versions/aliases.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { listItemContents } from '../../db/labels/items.ts';
import { getTrace } from '../../db/traces/traces.ts';
import { look, NO_BROWSER, openBrowser, type Person } from '../server/browser.ts';
import { reach } from './promoted.ts';
import { startTestStack, type TestStack } from './stack.ts';

const CONFIG = fileURLToPath(new URL('fixtures/drive-config.ts', import.meta.url));
const WITHIN_MS = 20_000;

let stack: TestStack;
let db: Db;
let project: string;
let server: ServerAddress;
let url: string;
before(async () => {
  if (NO_BROWSER !== false) return;
  stack = await startTestStack({ env: { ATTUNE_CONFIG: CONFIG } });
  const { connections } = stack.cli();
  ({ project } = connections);
  db = await connections.database();
  server = connections.server();
  ({ url } = server);
  for (const text of ['Route to billing or plans.', 'Route to billing, plans or human.'])
    await registerPrompt(db, { project, name: 'router', text });
  const alias = { project, prompt: 'router', alias: 'production', who: 'eva' };
  await moveAlias(db, { ...alias, expected: null, to: 1, why: 'the first' });
  const definition = judgeDefinition.parse({
    name: 'routing',
    instructions: 'Is {{outputs}} right for {{inputs}}?',
    value: { type: 'boolean' },
  });
  await createJudgeVersion(db, { project, definition, memory: null });
});
after(() => stack?.close());

/** Requests for an answer of the agent that the model got. */
const asked = (): number =>
  existsSync(stack.practiceLog)
    ? readFileSync(stack.practiceLog, 'utf8')
        .split('\n')
        .filter((line) => line.includes('practice-agent')).length
    : 0;

async function say(page: Page, message: string): Promise<void> {
  // The page says it once it listens to keys.
  await page.getByText('Ctrl+Enter sends').waitFor();
  await page.getByLabel('Your message').fill(message);
  await page.getByLabel('Your message').press('Control+Enter');
  // In one look: before the page is a new one nothing waits either, and its newest message is the one before.
  const newest = page.locator('#newest', { hasText: message });
  await page.locator('#turns[data-waits=no]', { has: newest }).waitFor({ timeout: WITHIN_MS });
}

const newest = ({ page }: Person): Promise<string> => page.locator('#newest').innerText();

test(
  'a person talks to the agent through a worker; thumbs become traces with labels, and two clicks a session of the bad ones',
  { skip: NO_BROWSER, timeout: 120_000 },
  async () => {
    const person = await openBrowser({ owner: server });
    const { page } = person;
    await page.goto(`${url}/drive`);
    await page.getByRole('link', { name: 'Talk to talker' }).click();
    await page.getByLabel('Prompt router').selectOption('production');
    await page.getByLabel('What was said before').selectOption('messages');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Talk with talker' }).waitFor();
    const drive = new URL(page.url()).pathname.replace('/drive/', '');
    const turns = () => listTurns(db, { project, drive });

    await say(page, 'my bill is too high');
    assert.match(await newest(person), /after 0: \w+[^]*router 1[^]*Trace/);
    await moveAlias(db, {
      project,
      prompt: 'router',
      alias: 'production',
      who: 'eva',
      expected: 1,
      to: 2,
      why: 'more routes',
    });
    await say(page, 'and my plan too small');
    assert.match(await newest(person), /after 1: \w+[^]*router 2 · practice model/);

    const calls = asked();
    assert.equal(calls, 2);
    await page.reload();
    await page.getByText('my bill is too high').waitFor();
    assert.match(await newest(person), /after 1: /);
    assert.equal(asked(), calls, 'a stored reply is not asked for again');

    await say(page, 'hang');
    assert.match(
      await newest(person),
      /talker did not answer in its time\.[^]*the agent took more than 1 s of its own time/,
    );
    assert.equal(await page.getByRole('button', { name: 'Ask again' }).count(), 0);
    await say(page, 'break');
    assert.match(await newest(person), /talker failed at this message\.[^]*no such <b>customer/);
    await look(person, 'drive-troubles');

    await page.getByRole('button', { name: 'Thumbs up, answer 1' }).click();
    await page.getByLabel('Comment on answer 2').fill('the wrong queue');
    await page.getByRole('button', { name: 'Thumbs down, answer 2' }).click();
    await page.locator('button[aria-pressed=true][aria-label*="down, answer 2"]').waitFor();
    const [first, second] = await turns();
    const labels = await listLabels(db, { project, name: 'thumbs' });
    const said = Object.fromEntries(
      labels.map(({ traceId, value, rationale }) => [traceId, [value, rationale]]),
    );
    assert.deepEqual(said, {
      [first!.traceId]: [true, null],
      [second!.traceId]: [false, 'the wrong queue'],
    });
    const trace = await getTrace(db, { project, id: second!.traceId });
    assert.deepEqual([trace.outputs, trace.session], [second!.outputs, `drive/${drive}`]);
    assert.deepEqual(trace.tags, { drive, agent: 'talker', 'prompt.router': '2' });
    assert.ok(trace.spans.some(({ kind }) => kind === 'model'));

    await page.goto(`${url}/traces`);
    await page.getByRole('link', { name: 'With negative feedback' }).click();
    await page.getByRole('button', { name: 'Add to a session' }).click();
    await page.waitForURL(/\/sessions\/feedback-/);
    const session = decodeURIComponent(new URL(page.url()).pathname.replace('/sessions/', ''));
    const items = await listItemContents(db, { project, session });
    assert.deepEqual(
      items.map(({ traceId, inputs, outputs }) => [traceId, inputs, outputs]),
      [[second!.traceId, second!.inputs, second!.outputs]],
    );
    await look(person, 'session-of-feedback');
  },
);

test(
  'a message sent from another window meanwhile stands below the answer that this one waits for',
  { skip: NO_BROWSER, timeout: 60_000 },
  async () => {
    const { page } = await openBrowser({ owner: server });
    await page.goto(`${url}/drive/new?agent=talker`);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Talk with talker' }).waitFor();
    const drive = new URL(page.url()).pathname.replace('/drive/', '');
    const ask = (tx: Db, message: string) =>
      addTurn(tx, { project, drive }, () => ({
        message,
        inputs: {},
        versions: {},
        traceId: `${drive} ${message}`,
      }));
    const turn = await ask(db, 'from here');
    await page.reload();
    await page.getByText('The agent is answering.').waitFor();
    await db.transaction().execute(async (tx) => {
      await missTurn(tx, turn, { kind: 'infrastructure', message: 'nobody is there' });
      await ask(tx, 'from there');
    });
    await page.locator('#newest', { hasText: 'from there' }).waitFor();
    const [first, ...others] = await page.locator('#turns > li').allInnerTexts();
    assert.match(first!, /from here[^]*nobody is there/);
    assert.equal(others.length, 1);
  },
);

test(
  'what no worker can answer is told with its reason, and may be asked again',
  { skip: NO_BROWSER, timeout: 120_000 },
  async () => {
    const { page } = await openBrowser({ owner: server });
    await registerAgents(db, project, [
      {
        name: 'ghost',
        kind: 'module',
        fingerprint: 'f1',
        prompts: [],
        deterministic: false,
        timeoutMs: 1_000,
      },
    ]);
    await page.goto(`${url}/drive/new?agent=ghost`);
    await page.getByRole('button', { name: 'Begin' }).click();
    await say(page, 'anybody there?');
    await page.getByText('The agent could not be asked.').waitFor();
    await page.getByText('`ghost` is not declared in attune.config.ts').waitFor();
    const drive = new URL(page.url()).pathname.replace('/drive/', '');
    const first = (await listTurns(db, { project, drive }))[0]!.askedAt;
    await page.getByRole('button', { name: 'Ask again' }).click();
    const again = await reach('the second answer', async () => {
      const [turn] = await listTurns(db, { project, drive });
      return turn!.askedAt > first && turn!.status !== 'pending' ? turn! : null;
    });
    assert.equal(again.status, 'missing');
  },
);

test(
  'an agent worker that dies while it answers: another one answers, and the model is not asked again',
  {
    skip:
      NO_BROWSER ||
      (process.env['ATTUNE_LONG'] !== '1' && 'waits for a heartbeat; set ATTUNE_LONG=1'),
    timeout: 120_000,
  },
  async () => {
    const { page } = await openBrowser({ owner: server });
    await page.goto(`${url}/drive/new?agent=slow`);
    await page.getByRole('button', { name: 'Begin' }).click();
    const calls = asked();
    await page.getByLabel('Your message').fill('take your time');
    await page.getByRole('button', { name: 'Send' }).click();
    while (asked() === calls) await sleep(20);
    await sleep(500);
    stack.kill('agent');
    await page.locator('#turns[data-waits=no]').waitFor({ timeout: 90_000 });
    await page.getByText('slowly: ').waitFor();
    assert.ok(stack.events.some(({ kind }) => kind === 'died'));
    assert.equal(asked(), calls + 1);
  },
);
