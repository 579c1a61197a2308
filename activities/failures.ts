import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failingOf } from '../contracts/failure.ts';

type Fault = {
  readonly name?: string;
  readonly message?: string;
  readonly retryAfterMs?: unknown;
};

/** The failure Temporal sees: a stable type, what it means for whoever waits, and retried only where a retry can help. */
export function failureOf(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { name = 'Error', message = String(error), retryAfterMs: after } = (error ?? {}) as Fault;
  const failing = failingOf(error);
  return ApplicationFailure.create({
    message,
    type: name,
    nonRetryable: !failing.retryable,
    details: [failing],
    ...(typeof after === 'number' ? { nextRetryDelay: after } : {}),
    ...(error instanceof Error ? { cause: error } : {}),
  });
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
