import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failureOf } from '../../activities/failures.ts';
import { UnfitSpecError } from '../../activities/unfit.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { exitOfError, NotFoundError } from '../../client/errors.ts';
import { FAILURES, failingOf, type FailureKind } from '../../contracts/failure.ts';
import { AliasMovedError, ConflictError, LabelError, SealedError } from '../../db/errors.ts';
import { FilterError } from '../../domain/filter-tokens.ts';
import { OptimizeBudgetError } from '../../domain/optimize/budget.ts';
import {
  AuthenticationError,
  BadRequestError,
  ModelNotFoundError,
  QuotaExhaustedError,
  RateLimitedError,
} from '../../llm/errors.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const ROOMS =
  'activities agents client contracts db domain llm operations server stack worker workflows'.split(
    ' ',
  );

/** Every error class of ours with the fields that it states. */
function classes(): readonly { readonly at: string; readonly body: string }[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, room, file), 'utf8');
        return [...text.matchAll(/^(?:export )?class (\w+) extends \w*Error \{$([^]*?)^\}$/gm)].map(
          ([, name, body]) => ({ at: `${room}/${file} ${name}`, body: body! }),
        );
      }),
  );
}

test('every error class says of what kind it is, and whether trying again can help', () => {
  const found = classes();
  assert.ok(found.length > 60, `only ${found.length} classes were found`);
  const dumb = found.filter(({ body }) => {
    const kind = /readonly kind(?: = '([\w-]+)'|: (?:FailureKind|'))/.exec(body);
    return !kind || (kind[1] && !(kind[1] in FAILURES)) || !/readonly retryable\b/.test(body);
  });
  assert.deepEqual(
    dumb.map(({ at }) => at),
    [],
  );
});

test('a kind decides exit code, HTTP status and retry', () => {
  const table: Record<FailureKind, readonly [number, number, boolean]> = {
    invalid: [2, 400, false],
    refused: [2, 422, false],
    'not-found': [2, 404, false],
    conflict: [3, 409, false],
    undecided: [4, 409, false],
    spent: [5, 402, false],
    forbidden: [2, 403, false],
    unavailable: [1, 503, true],
    internal: [1, 500, false],
  };
  const ours = Object.entries(FAILURES).map(([kind, row]) => [
    kind,
    [row.exit, row.status, row.retryable],
  ]);
  assert.deepEqual(Object.fromEntries(ours), table);
});

const at = { endpoint: 'http://model', model: 'm', detail: 'said no' };
const errors: readonly (readonly [Error, FailureKind, boolean])[] = [
  [new InvalidInputError([{ at: 'spec', message: 'is wrong' }]), 'invalid', false],
  [new NotFoundError('x'), 'not-found', false],
  [new UnfitSpecError(['one']), 'invalid', false],
  [new FilterError(3, 'is empty'), 'invalid', false],
  [new OptimizeBudgetError(1, 2), 'invalid', false],
  [new SealedError('example x'), 'forbidden', false],
  [new LabelError(0, 'no such item'), 'refused', false],
  [new ConflictError('judge', 'x', 'other content'), 'refused', false],
  [new AliasMovedError({ prompt: 'p', alias: 'a', expected: 1, found: 2 }), 'conflict', false],
  [new AuthenticationError({ ...at, status: 401 }), 'refused', false],
  [new ModelNotFoundError({ ...at, status: 404 }), 'refused', false],
  [new BadRequestError({ ...at, status: 400 }), 'refused', false],
  [new QuotaExhaustedError({ ...at, status: 429 }), 'unavailable', false],
  [new RateLimitedError({ ...at, status: 429 }), 'unavailable', true],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'unavailable', true],
  [new TypeError('x is not a function'), 'internal', false],
];

const converter = new DefaultFailureConverter();
/** As it arrives where somebody waits for the workflow: encoded, decoded, below a wrapper. */
const crossed = (error: Error): Error =>
  new Error('Workflow execution failed', {
    cause: converter.failureToError(
      converter.errorToFailure(failureOf(error), defaultPayloadConverter),
      defaultPayloadConverter,
    ),
  });

for (const [error, kind, retryable] of errors)
  test(`${error.name} is ${kind}${retryable ? ', to be tried again' : ''}, here and beyond Temporal: ${error.message.slice(0, 40)}`, () => {
    assert.deepEqual(failingOf(error), { kind, retryable });
    assert.deepEqual(failingOf(crossed(error)), { kind, retryable });
    assert.equal(exitOfError(crossed(error)), FAILURES[kind].exit);
  });
