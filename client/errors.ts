import { FAILURES, type FailureKind, kindOf } from '../contracts/failure.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** Words that make no command: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly hint: string | null;
  constructor(message: string, hint: string | null) {
    super(message);
    this.hint = hint;
  }
}

/** What a command names does not exist: exit code 2. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly kind = 'not-found';
  readonly retryable = false;
  readonly hint: string | null;
  constructor(what: string, hint: string | null = null) {
    super(`${what} does not exist`);
    this.hint = hint;
  }
}

/** No stack runs on the data folder and the environment names no address: exit code 1. */
export class NoStackError extends Error {
  override readonly name = 'NoStackError';
  readonly kind = 'unavailable';
  readonly retryable = false;
  readonly hint =
    'Start one with `npx attune up` (or `npm start`), or set DATABASE_URL and TEMPORAL_ADDRESS.';
  constructor(dataDir: string) {
    super(`No stack runs on ${dataDir}`);
  }
}

/** The stack in the background ended before it was up: the exit code is that of its process. */
export class DetachedStartError extends Error {
  override readonly name = 'DetachedStartError';
  readonly kind: FailureKind;
  readonly retryable = false;
  constructor(said: string, code: number | null) {
    super(`The stack did not come up: ${said}`);
    this.kind = code === EXIT.invalid ? 'invalid' : 'internal';
  }
}

/** A service that the command needs did not answer: exit code 1. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly kind = 'unavailable';
  readonly retryable = true;
  readonly hint: string;
  constructor(what: string, cause: unknown, hint: string) {
    super(`${what} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.hint = hint;
  }
}

/** A workflow that was followed failed: what it means is what its own failure says. */
export class WorkFailedError extends Error {
  override readonly name = 'WorkFailedError';
  readonly kind: FailureKind;
  readonly retryable = false;
  readonly hint: string | null;
  constructor(
    what: string,
    failed: { readonly failure: FailureKind; readonly type: string; readonly message: string },
    hint: string | null = null,
  ) {
    super(`${what} failed (${failed.type}): ${failed.message}`);
    this.kind = failed.failure;
    this.hint = hint;
  }
}

/** The exit code of a command that threw. */
export const exitOfError = (error: unknown): ExitCode => FAILURES[kindOf(error)].exit;

export const hintOf = (error: unknown): string | null =>
  error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : null;
