import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { warmCandidates } from '../../activities/align/warm.ts';
import { hashText } from '../../contracts/hash.ts';
import type { Db } from '../../db/connect.ts';
import { openDatabase } from '../db/database.ts';
import { searchIn, type World } from './optimize/world.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const chance = (text: string): number => Number.parseInt(hashText(text).slice(0, 8), 16) / 2 ** 32;
const fenced = (text: string): string => `\`\`\`\n${text}\n\`\`\``;
const better = (_prompt: string, n: number): string => fenced(`Route {{message}} well, take ${n}.`);
const half: World['score'] = (text, example) => (chance(`${text}|${example}`) < 0.5 ? 1 : 0);

const rising: World['score'] = (text) => (/take/.test(text) ? 0.75 : 0.5);

/** Every one of these ends with the incumbent, and says why. */
const ENDINGS: readonly (readonly [string, World, RegExp])[] = [
  [
    'an agent that always throws scores 0 and no prompt mends it',
    { score: () => 'throws', propose: better },
    /no candidate was accepted; the search ended: .*rollouts used/,
  ],
  [
    'scores that are all equal',
    { score: () => 0.5, propose: better },
    /no candidate was accepted; the search ended/,
  ],
  ['scores that are all perfect', { score: () => 1, propose: better }, /perfect on validation/],
  [
    'a judge without answers, such as NaN for a score,',
    { score: () => null, propose: better },
    /the search ended: the seed was scored on 0 of 8 validation examples/,
  ],
  [
    'a reflection model that answers with nothing',
    { score: half, propose: () => '' },
    /1[01] proposals in a row could not be tested \(dropped so far: \d+ empty/,
  ],
  [
    'a reflection model that is cut in the midst of its thoughts',
    {
      score: half,
      propose: (_prompt, n) => `<think>\nThe instruction should ask for care. Case ${n} asks about`,
      finishReason: 'length',
    },
    /could not be tested \(dropped so far: \d+ no-proposal/,
  ],
  [
    'a reflection model that is cut after a draft in fences',
    { score: half, propose: better, finishReason: 'length' },
    /could not be tested \(dropped so far: \d+ no-proposal/,
  ],
  [
    'a reflection model that writes prose around its words',
    {
      score: half,
      propose: (_prompt, n) =>
        `Sure! Here it is:\n\nRoute {{message}} well, take ${n}.\n\nLet me know.`,
    },
    /could not be tested \(dropped so far: \d+ no-proposal/,
  ],
  [
    'a reflection model whose only fences are in its thoughts',
    {
      score: half,
      propose: (prompt, n) => `<think>${better(prompt, n)}</think>\nI would route with care.`,
    },
    /could not be tested \(dropped so far: \d+ no-proposal/,
  ],
  [
    'a reflection model whose reply a filter withheld',
    { score: half, propose: better, finishReason: 'content_filter' },
    /could not be tested \(dropped so far: \d+ no-reply/,
  ],
  [
    'a reflection model that gives back the same text for ever',
    { score: half, propose: () => fenced('Route {{message}}.') },
    /could not be tested \(dropped so far: \d+ unchanged/,
  ],
  [
    'a reflection model that drops the template variable',
    { score: half, propose: () => fenced('Route it.') },
    /could not be tested \(dropped so far: \d+ variables/,
  ],
];

for (const [name, world, reason] of ENDINGS)
  test(`${name}: the search ends with that reason and the incumbent`, async () => {
    const ended = await searchIn(db, world);
    assert.equal(ended.finalist, false);
    assert.match(ended.why, reason);
    assert.equal(ended.versions, 1);
    assert.equal(ended.duplicates, 0);
  });

test('money that is spent in mid-search ends it with what is known so far', async () => {
  const early = await searchIn(db, { score: half, propose: better, spentAfter: 1 });
  assert.equal(early.finalist, false);
  assert.match(early.why, /the search ended: the money is spent/);
  const late = await searchIn(db, { score: rising, propose: better, spentAfter: 6 });
  assert.equal(late.finalist, true);
  assert.match(
    late.why,
    /validation \+0\.250 \(standard error 0\.\d{3}\) over the incumbent on 8 examples/,
  );
});

test('a budget below one full step is refused with what it takes', async () => {
  const refused = searchIn(db, { score: half, propose: better, budget: 5 });
  await assert.rejects(refused, {
    name: 'OptimizeBudgetError',
    message: /which takes 14 .*raise the budget to at least 14/,
  });
});

const heedful: World['propose'] = (prompt, n) =>
  fenced(/could not be used/.test(prompt) ? `Route {{message}}, take ${n}.` : 'Route it.');

test('a dropped template variable is told to the reflection model, which then keeps it', async () => {
  const ended = await searchIn(db, { score: half, propose: heedful });
  assert.ok(ended.asked.some((prompt) => prompt.includes('{{message}}. Keep exactly these')));
  assert.ok(ended.candidates > 1);
  assert.equal(ended.dropped['variables'] ?? 0, 0);
});

test('a literal <side_info> in a prompt reaches the reflection model as it is, and is not filled in', async () => {
  const prompt = 'Route {{message}}. Mind <side_info> and <curr_param>.';
  const propose: World['propose'] = (_asked, n) => fenced(`${prompt} Take ${n}.`);
  const ended = await searchIn(db, { score: half, prompt, propose });
  assert.ok(ended.asked[0]!.includes(prompt));
  assert.equal(ended.asked[0]!.split('# Example 1').length, 2, 'the examples stand there once');
  assert.ok(ended.candidates > 1);
});

test('on pure noise a lead on validation claims no gain: no version is registered and no pair paid twice', async () => {
  const leads: boolean[] = [];
  for (const salt of ['a', 'b', 'c']) {
    const propose: World['propose'] = (_prompt, n) => fenced(`Route {{message}} ${salt}${n}.`);
    const ended = await searchIn(db, { score: half, propose });
    leads.push(ended.finalist);
    assert.equal(ended.versions, 1);
    assert.equal(ended.duplicates, 0);
    assert.ok(ended.rollouts <= 70);
  }
  assert.ok(
    leads.includes(true),
    'noise does put a candidate ahead on the examples it was chosen on',
  );
});

test('a warm start leaves out earlier candidates whose template variables the agent does not fill any more', async () => {
  const { project } = await searchIn(db, { score: rising, propose: better });
  const warm = (router: string) =>
    warmCandidates(db, { project, warmFrom: 'search/1', incumbent: { router } });
  assert.ok((await warm('Send on {{message}}.')).length > 0);
  assert.deepEqual(await warm('Send on {{text}}.'), []);
});
