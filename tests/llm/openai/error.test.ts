import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelError } from '../../../llm/errors.ts';
import { fromReply, saidOf } from '../../../llm/openai/error.ts';

const place = {
  endpoint: 'https://user:pass@host.test/v1?key=secret',
  model: 'm',
  apiKey: 'abcd-1',
};

function errorOf(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ModelError {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = headers['content-type'] ?? 'application/json';
  const reply = { status, text, type, header: (name: string) => headers[name] ?? null };
  return fromReply(saidOf(reply), reply, place);
}

const said = (message: string, more: object = {}) => ({ error: { message, ...more } });
const CASES: readonly (readonly [number, unknown, string, string?])[] = [
  [400, said('The response was filtered', { code: 'content_filter' }), 'moderation'],
  [400, said('Output blocked by content filtering policy'), 'moderation'],
  [400, said('Content Exists Risk'), 'moderation'],
  [
    400,
    said('Output data may contain inappropriate content', { code: 'data_inspection_failed' }),
    'moderation',
  ],
  [
    400,
    said('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
      code: 'invalid_prompt',
    }),
    'moderation',
  ],
  [
    403,
    said('Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO'),
    'moderation',
  ],
  [403, said('Your input was flagged', { metadata: { reasons: ['sexual'] } }), 'moderation'],
  [403, said('Your account was flagged for abuse'), 'authentication'],
  [403, said('API key not valid for this usage policy'), 'authentication'],
  [403, said('Country, region, or territory not supported'), 'authentication'],
  [403, '<html><h1>403 Forbidden</h1></html>', 'bad-request', 'text/html'],
  [401, said('No auth'), 'authentication'],
  [
    400,
    said('API key not valid. Please pass a valid API key.', { status: 'INVALID_ARGUMENT' }),
    'authentication',
  ],
  [402, said('Insufficient credits'), 'quota'],
  [400, said('Your credit balance is too low to access the API'), 'quota'],
  [
    429,
    said('You exceeded your current quota, please check your plan', { code: 'insufficient_quota' }),
    'quota',
  ],
  [
    429,
    [said('You exceeded your current quota', { details: [{ retryDelay: '34s' }] })],
    'rate-limited',
  ],
  [
    413,
    said('Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000'),
    'context-length',
  ],
  [413, '', 'context-length'],
  [500, said('context length exceeded'), 'context-length'],
  [529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'provider'],
  [503, '<html>busy</html>', 'provider', 'text/html'],
  [404, said('The model `x` does not exist', { code: 'model_not_found' }), 'not-found'],
  [400, { detail: 'Something is off' }, 'bad-request'],
  [200, said('Rate limit exceeded', { code: 'rate_limit_exceeded' }), 'rate-limited'],
  [200, said('bad key', { type: 'authentication_error' }), 'authentication'],
  [200, said('no idea'), 'provider'],
  [200, { error: 'model is loading' }, 'provider'],
  [307, '', 'bad-request'],
];
for (const [status, body, fault, type] of CASES)
  test(`${status} ${JSON.stringify(body).slice(0, 70)}: ${fault}`, () => {
    const error = errorOf(status, body, type === undefined ? {} : { 'content-type': type });
    assert.equal(error.fault, fault, error.message);
    assert.doesNotMatch(error.message, /user:|secret/);
  });

test('when to come back is read of the header, and of the body where that alone says it', () => {
  assert.equal(errorOf(429, said('slow'), { 'retry-after': '3' }).retryAfterMs, 3_000);
  assert.equal(
    errorOf(429, [said('q', { details: [{ retryDelay: '34s' }] })]).retryAfterMs,
    34_000,
  );
  assert.equal(errorOf(429, said('Please try again in 250ms.')).retryAfterMs, 250);
  assert.equal(errorOf(429, said('slow')).retryAfterMs, null);
});

test('what a gateway was told by the provider behind it is told, and never the key', () => {
  const error = errorOf(
    502,
    said('Provider returned error', { metadata: { raw: 'seed must be positive, key abcd-1' } }),
  );
  assert.match(error.message, /Provider returned error: seed must be positive, key \[key\]/);
});

test('a redirect is not followed, and says where it leads', () => {
  const error = errorOf(308, '', { location: 'https://other.test/v1/chat/completions?token=t' });
  assert.match(error.message, /redirects to https:\/\/other\.test\/v1\/chat\/completions, which/);
});
