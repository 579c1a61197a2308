import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDialectStore, dialectsOf, forgetDialect } from '../../../db/engines/dialects.ts';
import { openDatabase } from '../database.ts';

test('what was learned of a model stays, the later of one subject alone, until it is forgotten', async () => {
  const { db } = await openDatabase();
  const store = createDialectStore(db);
  const of = { endpoint: 'http://a/v1', model: 'm' };
  await store.learn({ ...of, change: { kind: 'drop', field: 'seed' }, said: 'no seed\0' });
  await store.learn({ ...of, change: { kind: 'format', schema: null, to: 'json' }, said: 'no' });
  await store.learn({ ...of, change: { kind: 'format', schema: null, to: 'text' }, said: 'no' });
  await store.learn({
    ...of,
    model: 'other',
    change: { kind: 'system', to: 'user' },
    said: 'no system',
  });
  assert.deepEqual(await store.read(of), [
    { kind: 'drop', field: 'seed' },
    { kind: 'format', schema: null, to: 'text' },
  ]);
  assert.equal((await dialectsOf(db, ['m', 'other'])).length, 3);
  await forgetDialect(db, of);
  assert.deepEqual(await store.read(of), []);
});
