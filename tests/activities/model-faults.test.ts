import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledFailure } from '@temporalio/common';
import { endsTheRun, isInterruption } from '../../activities/model-faults.ts';
import { failureOf } from '../../activities/failures.ts';
import { ModelTimeoutError, ReplyFormatError } from '../../llm/errors.ts';

const coded = (code: string | number, message = 'x', more = {}): Error =>
  Object.assign(new Error(message), { code, ...more });
const grpc = (code: number): Error => coded(code, 'x', { details: 'gone', metadata: {} });

/** Ends that came from outside: none of them says anything of the row that was at work. */
const INTERRUPTED: Readonly<Record<string, unknown>> = {
  'a heartbeat that is refused': new CancelledFailure('NOT_FOUND'),
  'an abort of fetch or a timer': new DOMException('aborted', 'AbortError'),
  'a database that refuses': coded('ECONNREFUSED'),
  'a database that shuts down': coded('57P01'),
  'a statement that was called off': coded('57014'),
  'a standby that took over': coded('25006'),
  'a host without a way': coded('EHOSTUNREACH'),
  'a connection that broke': new Error('Connection terminated unexpectedly'),
  'a query without an answer': new Error('Query read timeout'),
  'several addresses that refuse': Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
  'a cause below': new Error('could not read', { cause: coded('ECONNRESET') }),
  'Temporal away': grpc(14),
  'Temporal too late': grpc(4),
};
for (const [what, error] of Object.entries(INTERRUPTED))
  test(`${what} is no fault of a row: the batch ends and is tried again`, () => {
    assert.equal(isInterruption(error), true);
    assert.equal(endsTheRun(error), true);
    const { nonRetryable } = failureOf(error) as { readonly nonRetryable?: boolean };
    assert.equal(nonRetryable, false);
  });

test('what a model did is the fault of its row', () => {
  const at = { endpoint: 'http://model', model: 'm', detail: 'late' };
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  const completion = {
    text: 'prose',
    usage,
    toolCalls: [],
    finishReason: 'stop',
    latencyMs: 1,
    price: 0,
    fromLedger: false,
  };
  const faults = [
    new ModelTimeoutError(at),
    new ReplyFormatError(at, completion),
    new TypeError('x is not a function'),
    coded('42703'),
    coded(5, 'an error of user code with a number'),
  ];
  for (const error of faults) assert.equal(isInterruption(error), false, String(error));
});
