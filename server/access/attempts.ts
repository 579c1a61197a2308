import type { Context } from 'hono';
import { getConnInfo } from '@hono/node-server/conninfo';
import { RequestError } from '../failures.ts';
import { sentByAnotherSite } from './origin.ts';

const MOST = 30;
const WITHIN_MS = 60_000;
/** More guessers than this are forgotten at once: a flood of them costs a little slack, never memory. */
const GUESSERS = 10_000;

/** What was guessed at: guesses at one say nothing of another. */
export type Credential = 'token' | 'link' | 'code';

export type Attempts = {
  /** To be asked once a credential has proved wrong. @throws RequestError (429) where its guesser has failed too often of late */
  check(context: Context, credential: Credential): void;
  /** Counts a credential that opened nothing. */
  failed(context: Context, credential: Credential): void;
};

/**
 * Bounds how often one address is told that a guess was wrong: 30 times a minute for each kind of credential. Who shows a valid one is
 * never asked how often others failed, so that nobody can be locked out; what a page of another site makes a browser send is no guess.
 */
export function createAttempts(now: () => number = Date.now): Attempts {
  let windows = new Map<string, { readonly until: number; count: number }>();
  const current = (key: string) => {
    const found = windows.get(key);
    return found !== undefined && found.until > now() ? found : undefined;
  };
  return {
    check(context, credential) {
      const window = current(keyOf(context, credential));
      if (window === undefined || window.count < MOST) return;
      const wait = Math.ceil((window.until - now()) / 1_000);
      context.header('retry-after', String(wait));
      throw new RequestError({
        status: 429,
        kind: 'unavailable',
        message: `Too many wrong tokens came from this address; try again in ${wait} s.`,
        at: 'authorization',
      });
    },
    failed(context, credential) {
      if (sentByAnotherSite(context)) return;
      const key = keyOf(context, credential);
      const window = current(key);
      if (window !== undefined) window.count += 1;
      else {
        if (windows.size >= GUESSERS) windows = new Map();
        windows.set(key, { until: now() + WITHIN_MS, count: 1 });
      }
    },
  };
}

const keyOf = (context: Context, credential: Credential): string =>
  `${credential} of ${getConnInfo(context).remote.address ?? 'an unknown address'}`;
