import { setTimeout as delay } from 'node:timers/promises';
import { ModelError } from './errors.ts';

export type Retry = {
  /** Calls in all, the first one included. */
  readonly attempts: number;
  /** A longer wait than this is not sat out: the error is thrown with its retryAfterMs. */
  readonly longestWaitMs: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** A header of a reply by its name in lower case. */
export type HeaderOf = (name: string) => string | null;

const FIRST_MS = 500;
const CEILING_MS = 20_000;

/** Calls until it succeeds, fails for good, or the attempts are used up; the last error is thrown. */
export async function withRetries<T>(retry: Retry, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ModelError) || !error.retryable || attempt >= retry.attempts)
        throw error;
      const wait = waitMs(attempt, error.retryAfterMs, retry.random);
      if (wait > retry.longestWaitMs) throw error;
      await delay(wait, undefined, { signal: retry.signal });
    }
  }
}

/** What the server asks for and up to a tenth more; else full jitter under 0.5 s x 2^(attempt-1), at most 20 s. */
export function waitMs(attempt: number, asked: number | null, random: () => number): number {
  if (asked !== null) return asked * (1 + 0.1 * random());
  return random() * Math.min(CEILING_MS, FIRST_MS * 2 ** (attempt - 1));
}

/** Milliseconds that `retry-after-ms` or `retry-after` (seconds or HTTP date) asks to wait; null where it says nothing. */
export function retryAfterMs(header: HeaderOf, now: number): number | null {
  const ms = Number.parseFloat(header('retry-after-ms') ?? '');
  if (ms >= 0) return ms;
  const text = header('retry-after')?.trim();
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
