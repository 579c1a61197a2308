// What people wait for with a label session of 2,000 items with traces of 200 spans, beside one of 20: a rater's page in a browser and
// behind it, one answer, and the owner's pages with 4,000 labels given. Progress on stderr, one line of JSON on stdout; ends with 1 when
// a bar is missed. `npm run bench:label`.
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { type Browser, chromium } from 'playwright-core';
import { createDatabase, type Db } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { createTestDatabase } from '../tests/services.ts';
import { ownerCookie, send, startServer, TOKEN } from '../tests/server/http.ts';
import { linksFor, openReview } from '../tests/server/review.ts';

/** The rater's page: the bar of issue 8. `grows`: at most this much slower than with 20 items. */
const BARS = { openMs: 1_000, serverMs: 400, ownerMs: 1_000, grows: 3 } as const;
const LARGE = { items: 2_000, spans: 200 } as const;
const SMALL = { items: 20, spans: 200 } as const;
const RATERS = ['ana', 'ben'] as const;
const ROUNDS = 9;
const AT_ONCE = 500;

const { values } = parseArgs({
  options: {
    chromium: { type: 'string', default: process.env['ATTUNE_CHROMIUM'] ?? '/usr/bin/chromium' },
  },
});

type Size = { readonly items: number; readonly spans: number };
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const median = (times: readonly number[]): number =>
  Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]! * 10) / 10;

/** The median of some rounds; the first, in which caches fill, is left out. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n <= ROUNDS; n++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return median(times.slice(1));
}

const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  const small = await measure(SMALL, browser);
  const large = await measure(LARGE, browser);
  const grows = Math.round((large.openMs / small.openMs) * 100) / 100;
  const passed =
    large.openMs < BARS.openMs &&
    large.serverMs < BARS.serverMs &&
    large.ownerMs < BARS.ownerMs &&
    grows <= BARS.grows;
  const told = { bench: 'label', rounds: ROUNDS, small, large, grows, bars: BARS, passed };
  process.stdout.write(`${JSON.stringify(told)}\n`);
  process.exitCode = passed ? 0 : 1;
} finally {
  await browser.close();
}

/** Medians in milliseconds of one session on a database and a server of its own. */
async function measure(size: Size, chrome: Browser) {
  const database = await createTestDatabase();
  const db = createDatabase(database.url, { max: 8 });
  await migrate(db);
  say(`${size.items} items with traces of ${size.spans} spans ...`);
  const { session } = await openReview(db, size);
  await sql`analyze`.execute(db);
  const server = await startServer({ DATABASE_URL: database.url });
  try {
    const links = await linksFor(db, session, RATERS);
    const page = `${server.url}/label/${links['ana']}`;
    const at = { url: server.url, session, items: size.items };
    const fresh = {
      serverMs: await timed(async () => (await fetch(page)).text()),
      openMs: await opening(chrome, page, size.spans),
      answerMs: await answers(server.url, links['ben']!, size.items),
    };
    const { secondsOfLabels } = await label(at);
    const owner = `${server.url}/sessions/${encodeURIComponent(session)}`;
    const cookie = await ownerCookie(server);
    const asOwner = async (address: string): Promise<string> =>
      (await fetch(address, { headers: { cookie } })).text();
    const text = await asOwner(owner);
    const figures = {
      ...fresh,
      secondsOfLabels,
      labelledServerMs: await timed(async () => (await fetch(page)).text()),
      ownerMs: await timed(() => asOwner(owner)),
      ownerKb: Math.round(text.length / 1_000),
      listMs: await timed(() => asOwner(`${server.url}/sessions`)),
    };
    say(JSON.stringify(figures));
    return { ...size, ...figures };
  } finally {
    await server.stop();
    await end(db, database.drop);
  }
}

async function end(db: Db, drop: () => Promise<void>): Promise<void> {
  await db.destroy();
  await drop();
}

/** From the address to the first item with its steps, each time in a browser that has seen nothing yet; the first is left out. */
async function opening(chrome: Browser, url: string, spans: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n <= ROUNDS; n++) {
    const context = await chrome.newContext();
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(url);
    await page.getByText(`Trace: ${spans} steps`).waitFor();
    times.push(performance.now() - begun);
    await context.close();
  }
  return median(times.slice(1));
}

/** One answer of a rater, with the items that the page asks for ahead. */
async function answers(url: string, token: string, items: number): Promise<number> {
  let ordinal = 0;
  return timed(async () => {
    const response = await fetch(`${url}/api/rater/items/${ordinal % items}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ answer: { value: true }, ahead: [(ordinal + 10) % items] }),
    });
    await response.text();
    if (!response.ok) throw new Error(`an answer was refused with ${response.status}`);
    ordinal += 1;
  });
}

/** Both raters label everything, and differ on every seventh item. */
async function label({ url, items }: { readonly url: string; readonly items: number }) {
  const begun = performance.now();
  for (const rater of RATERS)
    for (let from = 0; from < items; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, items - from);
      const body = Array.from({ length: count }, (_, n) => ({
        trace_id: `trace-${from + n}`,
        rater,
        name: 'routing',
        value: (from + n) % 2 === 0 || (rater === 'ben' && (from + n) % 7 === 0),
      }));
      const { status } = await send(`${url}/api/labels`, { body, token: TOKEN });
      if (status !== 200) throw new Error(`labels were refused with ${status}`);
    }
  return { secondsOfLabels: Math.round((performance.now() - begun) / 100) / 10 };
}
