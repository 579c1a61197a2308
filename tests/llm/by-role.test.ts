import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../contracts/json.ts';
import { byRole } from '../../llm/by-role.ts';
import { asks, draw, modelAt } from './model-under-test.ts';
import { impoliteServer, says } from './openai/impolite.ts';

const read = (json: Json) => json;

test('embeddings and judges are asked where their role is served, all else at the main address', async (t) => {
  const [main, elsewhere] = await Promise.all(
    ['main', 'elsewhere'].map((text) => impoliteServer({ 'test-model': () => says(`"${text}"`) })),
  );
  t.after(() => [main!.close(), elsewhere!.close()]);
  const other = modelAt(elsewhere!.endpoint);
  const model = byRole(modelAt(main!.endpoint), { judge: other, embedding: other });
  const judged = await model.structured(asks('q'), draw('a', { purpose: 'judge' }), read);
  assert.equal(judged.value, 'elsewhere');
  assert.equal((await model.complete(asks('q'), draw('a'))).text, '"main"');
  const reflected = await model.complete(asks('q'), draw('a', { purpose: 'reflect' }));
  assert.equal(reflected.text, '"main"');
  await model.embed(['x'], { model: 'e', project: 'default', cycle: null });
  assert.deepEqual([main!.seen.length, elsewhere!.seen.length], [2, 1]);
});
