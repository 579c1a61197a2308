import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { issuesOf } from '../../contracts/invalid-input.ts';
import { nearest } from '../../contracts/near.ts';

test('the word that was meant is a slip or two away, or differs in case and separators', () => {
  const known = ['budget', 'maxTokens', 'gates', 'judge'];
  assert.equal(nearest('bugdet', known), 'budget');
  assert.equal(nearest('max_tokens', known), 'maxTokens');
  assert.equal(nearest('gate', known), 'gates');
  assert.equal(nearest('colour', known), null);
});

test('a field that is not known is told with the one that was meant, at any depth and in any branch', () => {
  const schema = z.strictObject({
    list: z.array(
      z.union([
        z.string(),
        z.strictObject({ rater: z.string().optional(), deadline: z.string().default('1d') }),
      ]),
    ),
    by: z.record(z.string(), z.strictObject({ weight: z.number().optional() }).prefault({})),
  });
  const read = schema.safeParse({ list: [{ deadlin: '2d' }], by: { a: { wieght: 1 } } });
  assert.deepEqual(
    issuesOf(read.error!, schema).map(({ path, message }) => `${path.join('.')} ${message}`),
    [
      'list.0.deadlin is not a known field; did you mean `deadline`?',
      'by.a.wieght is not a known field; did you mean `weight`?',
    ],
  );
});
