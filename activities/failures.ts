import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

/** PostgreSQL states after which the same statement may succeed: connection, shutdown, serialization, deadlock. */
const TRANSIENT_STATE = /^(08...|57P0[1-5]|40001|40P01|53...|55P03)$/;
const TRANSIENT_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const TRANSIENT_TEXT =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|pool.*(ended|end)/i;

type Fault = {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly retryable?: unknown;
  readonly retryAfterMs?: unknown;
};

/** The failure Temporal sees: a stable type, retried only where a retry can help. */
export function failureOf(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { name = 'Error', message = String(error), ...fault } = (error ?? {}) as Fault;
  const retryable = typeof fault.retryable === 'boolean' ? fault.retryable : isTransient(error);
  const after = fault.retryAfterMs;
  return ApplicationFailure.create({
    message,
    type: name,
    nonRetryable: !retryable,
    ...(typeof after === 'number' ? { nextRetryDelay: after } : {}),
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

/** Whether the database, or the way to it, was away: the same work may succeed later. */
export function isTransient(error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as Fault;
  if (typeof code === 'string' && (TRANSIENT_STATE.test(code) || TRANSIENT_CODE.test(code)))
    return true;
  return TRANSIENT_TEXT.test(message);
}

type Work = (...args: never[]) => Promise<unknown>;

/** Every activity with its errors mapped. */
export function mapFailures<T extends Record<string, Work>>(activities: T): T {
  const mapped = Object.entries(activities).map(([name, work]) => [
    name,
    async (...args: never[]) => {
      try {
        return await work(...args);
      } catch (error) {
        throw failureOf(error);
      }
    },
  ]);
  return Object.fromEntries(mapped) as T;
}
