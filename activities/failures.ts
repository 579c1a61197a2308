import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failingOf } from '../contracts/failure.ts';
import type { Db } from '../db/connect.ts';
import { ActivityEndedError, cancelledBy, ownSignal, silencedWhenEnded } from './ended.ts';

type Fault = {
  readonly name?: string;
  readonly message?: string;
  readonly retryAfterMs?: unknown;
};

/** The failure Temporal sees: a stable type, what it means for whoever waits, and retried only where a retry can help. */
export function failureOf(error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  // That of another activity, by work that was shared with it.
  if (error instanceof CancelledFailure) return failureOf(new ActivityEndedError());
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

/** Bytes of a result at most, under what a server takes: one that is larger would fail at every attempt, for ever. */
const LARGEST = 1_900_000;

class ResultTooLargeError extends Error {
  override readonly name = 'ResultTooLarge';
  readonly kind = 'internal';
  readonly retryable = false;
}

/**
 * Activities over what they work with: nothing is read or written for one that has ended, one whose signal is aborted ends as
 * cancelled whatever came of it, and every other error says whether a retry can help.
 */
export function activitiesOver<Deps extends { readonly db: Db }, T extends Record<string, Work>>(
  deps: Deps,
  make: (deps: Deps) => T,
): T {
  const mapped = Object.entries(make(silencedWhenEnded(deps))).map(([name, work]) => [
    name,
    async (...args: never[]) => {
      const signal = ownSignal();
      try {
        const result = await work(...args);
        checkSize(name, result);
        if (signal?.aborted !== true) return result;
      } catch (error) {
        if (signal?.aborted !== true) throw failureOf(error);
      }
      throw cancelledBy(signal);
    },
  ]);
  return Object.fromEntries(mapped) as T;
}

function checkSize(name: string, result: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(result) ?? '');
  if (bytes > LARGEST)
    throw new ResultTooLargeError(
      `the result of ${name} has ${bytes} bytes, and Temporal takes ${LARGEST} at most`,
    );
}
