import assert from 'node:assert/strict';
import type { Person } from './browser.ts';

/** What would run, were it ever taken for markup. */
export const ATTACKS = [
  `<script>alert('script')</script>`,
  `<img src=x onerror="alert('image')">`,
  `"><svg onload=alert('svg')>`,
  `</script><script>alert('closed')</script>`,
  `</textarea><iframe srcdoc="<script>parent.alert(1)</script>">`,
  `' onfocus='alert(1)' autofocus='`,
  `javascript:alert('address')`,
  `<!--<script>`,
  `{{constructor.constructor('alert(1)')()}}`,
  `<style>body{display:none}</style><meta http-equiv=refresh content="0;url=//evil.example">`,
];
export const attack = (at: number): string => ATTACKS[at % ATTACKS.length]!;

/** Nothing of an attack became an element, and no script of one ran: a dialog, a script error or a refused resource is a fault. */
export async function inert({ page, faults }: Person, where: string): Promise<void> {
  const made = await page.evaluate<number>(
    `document.querySelectorAll('img, svg, iframe, meta[http-equiv], style, script:not([src]):not([type="application/json"])').length`,
  );
  assert.equal(made, 0, `${where}: elements of an attack`);
  assert.deepEqual(faults, [], where);
}
