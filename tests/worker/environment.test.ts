import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvironment, userEnvironment } from '../../worker/environment.ts';

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
    OPENAI_API_KEY_JUDGE: 'secret',
    PGPASSWORD: 'secret',
    ATTUNE_WHATEVER: 'secret',
  };
  assert.deepEqual(userEnvironment({ ...own, ...ours }), own);
});

test('a role may be served elsewhere; a key goes to no host that it was not given for', () => {
  const { model } = readEnvironment({
    DATABASE_URL: 'postgres://db',
    ATTUNE_MODEL: 'm',
    OPENAI_API_KEY: 'main-key',
    OPENAI_BASE_URL: 'https://main.test/v1',
    OPENAI_BASE_URL_EMBEDDING: 'http://127.0.0.1:9/v1',
    OPENAI_BASE_URL_JUDGE: 'https://other.test/v1',
    OPENAI_API_KEY_JUDGE: 'judge-key',
    OPENAI_BASE_URL_REFLECTION: 'https://main.test/v2',
  });
  assert.deepEqual(model.own, {
    embedding: { endpoint: 'http://127.0.0.1:9/v1', apiKey: 'none' },
    judge: { endpoint: 'https://other.test/v1', apiKey: 'judge-key' },
    reflection: { endpoint: 'https://main.test/v2', apiKey: 'main-key' },
  });
});

test('the practice model serves every role, whatever the shell names', () => {
  const { model } = readEnvironment({
    DATABASE_URL: 'postgres://db',
    OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    OPENAI_BASE_URL_JUDGE: 'https://other.test/v1',
  });
  assert.deepEqual(model.own, {});
});

test('an address of a model that is none is refused by its name', () => {
  for (const name of ['OPENAI_BASE_URL', 'OPENAI_BASE_URL_EMBEDDING'])
    assert.throws(
      () =>
        readEnvironment({
          DATABASE_URL: 'postgres://db',
          ATTUNE_MODEL: 'm',
          [name]: 'localhost:8000/v1',
        }),
      (error: Error) => error.message.includes(name) && /http:\/\/127/.test(error.message),
    );
});
