import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTelecom } from './telecom.ts';

const words = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

const grams = (text: string): ReadonlySet<string> => {
  const all = words(text);
  return new Set(all.slice(4).map((_, at) => all.slice(at, at + 5).join(' ')));
};

const rows = readTelecom().map(({ id, message }) => ({ id, message, grams: grams(message) }));

test('no two messages share more than 60 % of their word 5-grams', () => {
  for (const [at, a] of rows.entries())
    for (const b of rows.slice(at + 1)) {
      const shared = [...a.grams].filter((gram) => b.grams.has(gram)).length;
      const union = a.grams.size + b.grams.size - shared;
      assert.ok(union === 0 || shared / union <= 0.6, `${a.id} and ${b.id}`);
    }
});

test('messages of under five words are equal only when they hold no word', () => {
  const seen = new Map<string, string>();
  for (const { id, message } of rows.filter((row) => row.grams.size === 0)) {
    const text = words(message).join(' ');
    if (text === '') continue;
    assert.equal(seen.get(text), undefined, `${id} says "${message}" again`);
    seen.set(text, id);
  }
  const wordless = rows.filter(({ message }) => words(message).length === 0);
  assert.ok(wordless.length <= 5, `${wordless.length} messages hold no word`);
});
