import type { Context } from 'hono';
import { getConnInfo } from '@hono/node-server/conninfo';
import { RequestError } from '../failures.ts';

const MOST = 30;
const WITHIN_MS = 60_000;
/** More addresses than this are forgotten at once: a flood of them costs a little slack, never memory. */
const ADDRESSES = 10_000;

export type Attempts = {
  /** @throws RequestError (429) where the caller's address has failed too often of late */
  check(context: Context): void;
  /** Counts a token that opened nothing. */
  failed(context: Context): void;
};

/** Bounds how often one address may try tokens that open nothing: 30 a minute. */
export function createAttempts(now: () => number = Date.now): Attempts {
  let windows = new Map<string, { readonly until: number; count: number }>();
  const current = (address: string) => {
    const found = windows.get(address);
    return found !== undefined && found.until > now() ? found : undefined;
  };
  return {
    check(context) {
      const window = current(addressOf(context));
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
    failed(context) {
      const address = addressOf(context);
      const window = current(address);
      if (window !== undefined) window.count += 1;
      else {
        if (windows.size >= ADDRESSES) windows = new Map();
        windows.set(address, { until: now() + WITHIN_MS, count: 1 });
      }
    },
  };
}

const addressOf = (context: Context): string =>
  getConnInfo(context).remote.address ?? 'an unknown address';
