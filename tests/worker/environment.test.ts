import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userEnvironment } from '../../worker/environment.ts';

test('user code is given the environment without our keys, addresses and webhook', () => {
  const own = { PATH: '/bin', OPENAI_BASE_URL: 'http://model', MY_KEY: 'theirs' };
  const ours = {
    DATABASE_URL: 'postgres://me:secret@db',
    ATTUNE_TOKEN: 'secret',
    ATTUNE_SPLIT_SALT: 'secret',
    ATTUNE_WEBHOOK: 'https://hooks.example.test/secret',
    ATTUNE_FORWARD_OTLP_HEADERS: 'x-key=secret',
    TEMPORAL_API_KEY: 'secret',
    OPENAI_API_KEY: 'secret',
    PGPASSWORD: 'secret',
    ATTUNE_WHATEVER: 'secret',
  };
  assert.deepEqual(userEnvironment({ ...own, ...ours }), own);
});
