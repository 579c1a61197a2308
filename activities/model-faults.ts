import { CancelledFailure } from '@temporalio/common';
import {
  AuthenticationError,
  BadRequestError,
  ContextLengthError,
  ModelError,
  ModelNotFoundError,
  ModerationError,
  QuotaExhaustedError,
  ModelDeclinedError,
  ReplyFormatError,
} from '../llm/errors.ts';
import { kindOf } from '../contracts/failure.ts';

/** A model call that failed by our fault or the provider's, not by what was asked. */
export const isInfrastructure = (error: unknown): boolean =>
  !(error instanceof BadRequestError) &&
  !(error instanceof ContextLengthError) &&
  !(error instanceof ModerationError) &&
  !(error instanceof ModelDeclinedError) &&
  !(error instanceof ReplyFormatError);

/** An end that came from outside: whoever asked has ended, or what is ours (database, Temporal) is away. It says nothing of a row. */
export const isInterruption = (error: unknown): boolean =>
  isAbort(error) || (!(error instanceof ModelError) && kindOf(error) === 'unavailable');

const isAbort = (error: unknown): boolean =>
  error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');

/**
 * Failures that meet every further call too: going on would only mark row after row as missing. A ledger that is away is one: its
 * batch fails and is tried again, so that no row is written off for it.
 */
export const endsTheRun = (error: unknown): boolean =>
  isInterruption(error) ||
  error instanceof AuthenticationError ||
  error instanceof ModelNotFoundError ||
  error instanceof QuotaExhaustedError ||
  kindOf(error) === 'spent';

/** Stable word of a failed model call. */
export const faultKind = (error: unknown): string =>
  error instanceof ModelError ? error.fault : 'internal';
