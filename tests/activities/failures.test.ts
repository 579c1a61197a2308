import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { failureOf } from '../../activities/failures.ts';
import { UnfitSpecError } from '../../activities/unfit.ts';
import { SealedError } from '../../db/errors.ts';
import { AuthenticationError, RateLimitedError } from '../../llm/errors.ts';

const mapped = (error: unknown) => {
  const failure = failureOf(error);
  assert.ok(failure instanceof ApplicationFailure);
  return failure;
};
const at = { endpoint: 'http://model', model: 'm', detail: 'said no' };

test('a database that is away is tried again; a statement that is wrong is not', () => {
  const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  const shutdown = Object.assign(new Error('terminating connection'), { code: '57P01' });
  const terminated = new Error('Connection terminated unexpectedly');
  const wrong = Object.assign(new Error('no such column'), { code: '42703' });
  for (const error of [refused, shutdown, terminated])
    assert.equal(mapped(error).nonRetryable, false, error.message);
  assert.equal(mapped(wrong).nonRetryable, true);
});

test('a rate limit is tried again after the time the provider asks for', () => {
  const failure = mapped(new RateLimitedError({ ...at, status: 429, retryAfterMs: 1_500 }));
  assert.equal(failure.nonRetryable, false);
  assert.equal(failure.type, 'RateLimitedError');
  assert.equal(failure.nextRetryDelay, 1_500);
});

test('a wrong key, a sealed row and a refused spec are final, each under its own name', () => {
  const errors = {
    AuthenticationError: new AuthenticationError({ ...at, status: 401 }),
    SealedError: new SealedError('example x'),
    UnfitSpecError: new UnfitSpecError(['one', 'two']),
  };
  for (const [type, error] of Object.entries(errors)) {
    const failure = mapped(error);
    assert.deepEqual([failure.type, failure.nonRetryable], [type, true]);
  }
});

test('a refused spec lists every fault', () => {
  assert.equal(mapped(new UnfitSpecError(['one', 'two'])).message, '2 faults:\n- one\n- two');
});

test('a programming error is final: trying it again would only hide it', () => {
  assert.equal(mapped(new TypeError('x is not a function')).nonRetryable, true);
});
