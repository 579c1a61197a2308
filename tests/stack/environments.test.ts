import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dividedForHandover, environmentOf } from '../../stack/parts/environments.ts';

const SHELL = {
  PATH: '/bin',
  LC_ALL: 'C',
  DATABASE_URL: 'postgres://me:secret@db',
  PGPASSWORD: 'secret',
  ATTUNE_TOKEN: 'token',
  ATTUNE_PROJECT: 'support',
  ATTUNE_WEBHOOK: 'https://hooks.example.test/x',
  ATTUNE_FORWARD_OTLP_HEADERS: 'x-key=secret',
  OPENAI_API_KEY: 'sk',
  OPENAI_API_KEY_JUDGE: 'sk-2',
  TEMPORAL_API_KEY: 'key',
  TEMPORAL_CONFIG_FILE: '/x',
  AWS_SECRET_ACCESS_KEY: 'of somebody else',
  TAVILY_API_KEY: 'of a tool of an agent',
};
const names = (part: Parameters<typeof environmentOf>[0]): readonly string[] =>
  Object.keys(environmentOf(part, SHELL)).filter((name) => !['PATH', 'LC_ALL'].includes(name));

test('each process of the stack is given only its own environment', () => {
  assert.deepEqual(names('temporal'), ['TEMPORAL_CONFIG_FILE']);
  assert.deepEqual(names('practice'), []);
  assert.deepEqual(names('server'), [
    'DATABASE_URL',
    'PGPASSWORD',
    'ATTUNE_TOKEN',
    'ATTUNE_PROJECT',
    'ATTUNE_FORWARD_OTLP_HEADERS',
    'TEMPORAL_API_KEY',
    'TEMPORAL_CONFIG_FILE',
  ]);
  assert.deepEqual(names('worker'), [
    'DATABASE_URL',
    'PGPASSWORD',
    'ATTUNE_PROJECT',
    'ATTUNE_WEBHOOK',
    'OPENAI_API_KEY',
    'OPENAI_API_KEY_JUDGE',
    'TEMPORAL_API_KEY',
    'TEMPORAL_CONFIG_FILE',
  ]);
  for (const name of ['ATTUNE_TOKEN', 'ATTUNE_WEBHOOK', 'ATTUNE_FORWARD_OTLP_HEADERS'])
    assert.ok(!names('agent').includes(name), name);
  assert.ok(names('agent').includes('TAVILY_API_KEY'), 'which it passes on to user code');
});

test('what other processes of the machine may see of an environment names no service and holds no key', () => {
  const { shown, handed } = dividedForHandover(SHELL);
  assert.deepEqual(shown, { PATH: '/bin', LC_ALL: 'C' });
  assert.deepEqual({ ...shown, ...handed }, SHELL);
});
