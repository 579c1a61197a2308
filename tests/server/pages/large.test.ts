import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT } from '../../db/fixture.ts';
import { NO_BROWSER, openBrowser } from '../browser.ts';
import { send } from '../http.ts';
import { linksFor, openReview, type Review } from '../review.ts';
import { type Connected, startConnected } from '../with-temporal.ts';

const ITEMS = 2_000;
const SPANS = 200;
const long =
  process.env['ATTUNE_LONG'] === undefined &&
  'set ATTUNE_LONG=1: 2,000 items with 400,000 spans are written first';

let database: OpenDatabase;
let review: Review;
let connected: Connected;
before(async () => {
  if (long !== false) return;
  database = await openDatabase();
  review = await openReview(database.db, { items: ITEMS, spans: SPANS });
  connected = await startConnected(database.url);
});
after(() => connected?.stop());

test(
  'the page of a session of 2,000 items is sent with three of them, and asks once for what comes next',
  { skip: long || NO_BROWSER },
  async () => {
    const links = await linksFor(database.db, review.session, ['ana']);
    const { page, faults } = await openBrowser();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const answer = await page.goto(`${connected.server.url}/label/${links['ana']}`);
    await page.getByText('Trace: 200 steps').waitFor();
    await page.waitForLoadState('networkidle');
    const bytes = (await answer!.body()).byteLength;
    assert.ok(bytes < 150_000, `${bytes} bytes, though the session holds 400,000 spans`);
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/api/')),
      ['/api/rater/items'],
    );
    assert.ok(asked.length < 20, `${asked.length} requests: ${asked.join(' ')}`);
    assert.equal(new Set(asked).size, asked.length, 'nothing is asked for twice');
    assert.deepEqual(faults, []);
  },
);

test('4,000 labels cost the waiting cycle one signal', { skip: long }, async () => {
  const workflowId = `cycle/${PROJECT}/${review.cycle}/${review.number}`;
  const handle = await connected.client.workflow.start('cycleWorkflow', {
    workflowId,
    taskQueue: 'nobody',
    args: [],
  });
  for (const rater of ['ana', 'ben'])
    for (let from = 0; from < ITEMS; from += 500) {
      const body = Array.from({ length: 500 }, (_, n) => ({
        trace_id: `trace-${from + n}`,
        rater,
        name: 'routing',
        value: n % 2 === 0,
      }));
      const { status } = await send(`${connected.server.url}/api/labels`, { body });
      assert.equal(status, 200);
    }
  await sleep(5_000);
  const { events } = await handle.fetchHistory();
  console.log(JSON.stringify({ labels: 2 * ITEMS, events: events?.length }));
  assert.ok((events?.length ?? 0) <= 3, 'started, its first task, the signal');
  assert.ok(events?.some((event) => event.workflowExecutionSignaledEventAttributes));
  await handle.terminate();
});
