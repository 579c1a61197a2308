import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWishes } from '../../stack/environment.ts';
import { StackConfigError } from '../../stack/index.ts';

const refused = (env: NodeJS.ProcessEnv, variable: string, message: RegExp) =>
  assert.throws(
    () => readWishes(env),
    (error: unknown) =>
      error instanceof StackConfigError &&
      error.variable === variable &&
      message.test(error.message),
  );

test('with nothing set, everything is embedded and the practice model is used', () => {
  const wishes = { database: 'embedded', temporal: 'embedded', model: 'practice' };
  assert.deepEqual(readWishes({}), wishes);
  assert.deepEqual(
    readWishes({ DATABASE_URL: '', TEMPORAL_ADDRESS: ' ', ATTUNE_MODEL: '' }),
    wishes,
  );
});

test('a key or an endpoint without a named model spends nothing', () => {
  const env = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: 'https://models.example/v1' };
  assert.equal(readWishes(env).model, 'practice');
});

test('each part is attached on its own', () => {
  const url = 'postgresql://me:secret@db.example:5433/attune';
  assert.deepEqual(readWishes({ DATABASE_URL: url }), {
    database: { attach: url },
    temporal: 'embedded',
    model: 'practice',
  });
  assert.deepEqual(
    readWishes({ TEMPORAL_ADDRESS: 't.example:7233', TEMPORAL_NAMESPACE: 'a' }).temporal,
    {
      attach: 't.example:7233',
      namespace: 'a',
    },
  );
  assert.deepEqual(
    readWishes({ ATTUNE_MODEL: 'large-1', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).model,
    {
      real: 'large-1',
    },
  );
});

test('what cannot work is refused with the variable and the remedy', () => {
  refused({ ATTUNE_MODEL: 'large-1' }, 'ATTUNE_MODEL', /needs OPENAI_API_KEY/);
  refused({ ATTUNE_MODEL_JUDGE: 'large-1' }, 'ATTUNE_MODEL_JUDGE', /Set ATTUNE_MODEL too/);
  refused({ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL', /not a PostgreSQL address/);
});

test('the address of a model that is none is refused by its name, for a role as well', () => {
  const env = { ATTUNE_MODEL: 'm', OPENAI_API_KEY: 'k' };
  for (const name of ['OPENAI_BASE_URL', 'OPENAI_BASE_URL_JUDGE'])
    refused({ ...env, [name]: 'localhost:8000/v1' }, name, /http:\/\/127/);
});
