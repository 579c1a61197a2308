import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROUTES } from '../../examples/telecom/agent.ts';
import { readTelecom } from './telecom.ts';

const rows = readTelecom();
function linesNaming(route: string, prompt: string): number {
  const url = new URL(`../../examples/telecom/prompts/${prompt}`, import.meta.url);
  return readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`- ${route}:`)).length;
}
const share = (count: number): number => count / rows.length;

test('there are at least 500 messages in at least 370 conversations, some of two and three', () => {
  assert.ok(rows.length >= 500, `${rows.length} messages`);
  const sizes = new Map<string, number>();
  for (const { conversation } of rows) sizes.set(conversation, (sizes.get(conversation) ?? 0) + 1);
  assert.ok(sizes.size >= 370, `${sizes.size} conversations`);
  for (const size of [2, 3])
    assert.ok([...sizes.values()].filter((n) => n === size).length >= 10, `of ${size}`);
});

test('a later message carries the earlier ones of its conversation, word for word', () => {
  const said = new Map<string, string[]>();
  for (const { id, conversation, message, previous } of rows) {
    const before = said.get(conversation) ?? [];
    assert.deepEqual(previous, before, id);
    said.set(conversation, [...before, message]);
  }
});

test('every message has one gold route and three reviews of a known route', () => {
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  for (const { id, gold, reviews } of rows) {
    assert.ok(
      ROUTES.some((route) => route === gold),
      id,
    );
    assert.deepEqual(Object.keys(reviews).sort(), ['ana', 'ben', 'chloe'], id);
    for (const { route } of Object.values(reviews))
      assert.ok(
        ROUTES.some((known) => known === route),
        id,
      );
  }
});

test('each route and each style of writing is well represented', () => {
  for (const route of ROUTES)
    assert.ok(rows.filter(({ gold }) => gold === route).length >= 60, route);
  const wanted = { typo: 40, angry: 40, vague: 30, 'two-wishes': 25, adversarial: 25, short: 60 };
  for (const [style, least] of Object.entries(wanted)) {
    const count = rows.filter((row) => row.style === style).length;
    assert.ok(count >= least, `${style}: ${count}`);
  }
  assert.ok(rows.some(({ message }) => message === ''));
});

test('each reviewer differs from gold in about one case in ten, and seldom two in the same', () => {
  const differs = (name: string): number =>
    rows.filter(({ gold, reviews }) => reviews[name]?.route !== gold).length;
  for (const name of ['ana', 'ben', 'chloe']) {
    const rate = share(differs(name));
    assert.ok(rate > 0.08 && rate < 0.12, `${name}: ${rate}`);
  }
  const outvoted = rows.filter(
    ({ gold, reviews }) => Object.values(reviews).filter(({ route }) => route !== gold).length > 1,
  );
  assert.ok(share(outvoted.length) < 0.03, `${outvoted.length} outvoted`);
});

test('a reason begins with the right route and quotes only phrases of the message', () => {
  for (const { id, message, reviews } of rows) {
    for (const { route, reason } of Object.values(reviews)) {
      assert.ok(reason.startsWith(`${route}: `) && reason.endsWith('.'), `${id}: ${reason}`);
      const cues = [...reason.matchAll(/'([^']+)'/g)].map(([, cue]) => cue!);
      assert.ok(cues.length > 0 || message.trim() === '', `${id}: ${reason}`);
      for (const cue of cues)
        assert.ok(message.toLowerCase().includes(cue.toLowerCase()), `${id}: ${cue}`);
    }
  }
});

test('the strong prompt says more about each route than the weak one', () => {
  for (const route of ROUTES) {
    assert.equal(linesNaming(route, 'router.md'), 1, route);
    assert.ok(linesNaming(route, 'router-strong.md') >= 4, route);
  }
});
