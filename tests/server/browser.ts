import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ownerCookie } from './http.ts';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const program = process.env['ATTUNE_CHROMIUM'] ?? '/usr/bin/chromium';

/** For the `skip` of a test: false where there is a browser. */
export const NO_BROWSER: string | false = existsSync(program)
  ? false
  : `no browser at ${program}; set ATTUNE_CHROMIUM to a Chromium`;

const pictures = process.env['ATTUNE_SCREENSHOTS'] ?? join(tmpdir(), 'attune-screenshots');
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

export type Person = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page: script errors, refused resources, failed answers. */
  readonly faults: string[];
};

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** A person with a browser of their own (cookies, storage) in one Chromium for the whole test file. */
export async function openBrowser({
  phone = false,
  owner,
}: {
  readonly phone?: boolean;
  /** The server whose console the person has opened. */
  readonly owner?: { readonly url: string; readonly token?: string };
} = {}): Promise<Person> {
  browser ??= launch();
  const context = await (await browser).newContext({ viewport: phone ? PHONE : WIDE });
  if (owner !== undefined) {
    const [name = '', value = ''] = (await ownerCookie(owner, owner.token)).split('=', 2);
    await context.addCookies([{ name, value, url: owner.url }]);
  }
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, context, faults };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

/** Checks a page as it stands with axe, takes its picture wide and on a phone, and fails on any fault so far. */
export async function look({ page, faults }: Person, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(pictures, `${name}-${size}.png`), fullPage: true });
    const wider = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.ok(wider <= 0, `${name} on ${size} is ${wider} pixels too wide`);
    assert.deepEqual(await seriousFindings(page), [], `${name} on ${size}`);
  }
  if (before) await page.setViewportSize(before);
  assert.deepEqual(faults, [], name);
}

/** Serious and critical findings of axe. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<
    readonly { readonly id: string; readonly impact: string; readonly html: readonly string[] }[]
  >(`axe.run().then(({ violations }) =>
    violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map((node) => node.html) })))`);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, html }) => `${id}: ${html.slice(0, 3).join(' ')}`);
}
