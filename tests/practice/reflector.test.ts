import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reflectionPrompt, reflectiveRecord } from '../../domain/optimize/reflect.ts';
import { extractProposal } from '../../domain/optimize/extract.ts';
import { reply } from '../../practice/chat.ts';
import { readChat } from '../../practice/request.ts';

const PROMPT =
  'Sort letters for {{place}}.\n\n- feeding: food\n- tickets: entry\n- neighbours: noise\n';

const record = (letter: string, output: string, rationale: string) =>
  reflectiveRecord({ inputs: { letter }, outputs: { name: output }, rationale, score: 0 });

const records = [
  record(
    'That howling',
    'feeding',
    "The right answer is neighbours, not feeding.\nneighbours: the inputs say 'howling', 'at night'.",
  ),
  record(
    'Two for the seals',
    'feeding',
    "tickets: the inputs say 'two for'.\n'season pass', 'queue' -> tickets",
  ),
];

const propose = (current: string, seed = 1): string => {
  const content = reflectionPrompt({ current, records });
  const body = { model: 'practice-reflector', seed, messages: [{ role: 'user', content }] };
  return extractProposal(reply(readChat(body)));
};

test('it adds the cues that the feedback quotes, and keeps all else to the letter', () => {
  const texts = Array.from({ length: 8 }, (_, seed) => propose(PROMPT, seed));
  assert.ok(texts.every((text) => text.startsWith(PROMPT.trimEnd())));
  assert.ok(texts.some((text) => /"howling", "at night" -> neighbours/.test(text)));
  assert.ok(texts.some((text) => /"season pass", "queue" -> tickets/.test(text)));
});

test('different seeds propose different texts, equal seeds the same', () => {
  const texts = Array.from({ length: 8 }, (_, seed) => propose(PROMPT, seed));
  assert.ok(new Set(texts).size > 1);
  assert.equal(propose(PROMPT, 3), propose(PROMPT, 3));
});

test('a line that stands there is extended, and a text that knows all comes back unchanged', () => {
  const once = `${PROMPT.trimEnd()}\n"growling" -> neighbours`;
  const texts = Array.from({ length: 8 }, (_, seed) => propose(once, seed));
  assert.ok(texts.some((text) => text.includes('"growling", "howling", "at night" -> neighbours')));
  let text = PROMPT;
  for (let seed = 0; seed < 30; seed++) text = propose(text, seed);
  assert.equal(propose(text, 99), text);
  assert.equal(text.match(/-> neighbours/g)?.length, 1);
});

test('an instruction that holds fences is kept whole', () => {
  const fenced = `${PROMPT.trimEnd()}\n\`\`\`\nsample\n\`\`\`\nEnd.`;
  assert.ok(propose(fenced).startsWith(fenced));
});

const distil = (examples: readonly object[]) => {
  const properties = {
    guidelines: { type: 'array', items: { type: 'object', properties: { text: {}, sources: {} } } },
  };
  return JSON.parse(
    reply(
      readChat({
        model: 'practice-reflector',
        messages: [
          { role: 'user', content: `<examples>\n${JSON.stringify(examples)}\n</examples>` },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { schema: { type: 'object', properties } },
        },
      }),
    ),
  ) as { guidelines: { text: string; sources: number[] }[] };
};

const labelled = (id: number, letter: string, name: string, value: boolean, reason: string) => ({
  id,
  inputs: { letter },
  outputs: { name },
  value,
  rationales: [reason],
});

test('reasons become one rule for each right answer, with the ids of their cases', () => {
  const { guidelines } = distil([
    labelled(1, 'That howling', 'feeding', false, "neighbours: 'howling'"),
    labelled(2, 'So loud here', 'neighbours', true, "neighbours: it says 'so loud'"),
    labelled(3, 'One season pass', 'tickets', true, "tickets: 'season pass'"),
  ]);
  assert.deepEqual(guidelines, [
    { text: "'howling', 'so loud' -> neighbours", sources: [1, 2] },
    { text: "'season pass' -> tickets", sources: [3] },
  ]);
});

test('a reason that contradicts its value, or quotes what is not there, becomes no rule', () => {
  const { guidelines } = distil([
    labelled(1, 'That howling', 'feeding', true, "neighbours: 'howling'"),
    labelled(2, 'One season pass', 'tickets', true, "tickets: 'opening hours'"),
  ]);
  assert.deepEqual(guidelines, []);
});

test('no rule is longer than a thousand characters, however many cues there are', () => {
  const cases = Array.from({ length: 120 }, (_, i) => {
    const cue = `a rather long and telling cue number ${i}`;
    return labelled(i + 1, cue, 'tickets', true, `tickets: '${cue}'`);
  });
  const { guidelines } = distil(cases);
  assert.ok(guidelines.length > 0);
  for (const { text } of guidelines) assert.ok(text.length <= 1000, `${text.length}`);
});

test('rules for one answer are merged, and a cue with two answers is a contradiction', () => {
  const item = { type: 'object', properties: { text: {}, merged: {} } };
  const properties = {
    guidelines: { type: 'array', items: item },
    contradictions: { type: 'array' },
  };
  const given = [
    { id: 1, text: "'hay' -> feeding", sources: 2 },
    { id: 2, text: "'fish', 'hay' -> feeding", sources: 1 },
    { id: 3, text: "'fish' -> tickets", sources: 1 },
    { id: 4, text: 'Be polite to children.', sources: 1 },
  ];
  const found = JSON.parse(
    reply(
      readChat({
        model: 'practice-reflector',
        messages: [
          {
            role: 'user',
            content: `<guidelines>\n${JSON.stringify(given).replaceAll('>', '\\u003e')}\n</guidelines>`,
          },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { schema: { type: 'object', properties } },
        },
      }),
    ),
  ) as object;
  assert.deepEqual(found, {
    guidelines: [
      { text: "'hay', 'fish' -> feeding", merged: [1, 2] },
      { text: "'fish' -> tickets", merged: [3] },
      { text: 'Be polite to children.', merged: [4] },
    ],
    contradictions: [
      { a: 2, b: 3, why: "'fish' stands for feeding in one and for tickets in the other" },
    ],
  });
});
