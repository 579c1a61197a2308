import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredReply } from '../contracts/model.ts';
import { batched } from './batch.ts';
import type { Claim, ReplyStore } from '../contracts/reply-store.ts';
import { createRoom } from './room.ts';

/**
 * Makes one request when there is room for its reply. One that waited in a queue while the store went away is not made: it would be
 * paid, and its reply could not be kept.
 */
export type Ask = <T>(request: () => Promise<T>) => Promise<T>;

export type LedgerCall = {
  readonly key: string;
  readonly signal: AbortSignal;
  /** Asks the model. Its signal ends only when every caller of the key has left. Each request goes through `ask`. */
  readonly produce: (signal: AbortSignal, ask: Ask) => Promise<StoredReply>;
  /** Told once, when it is known whether this call will produce. */
  readonly onClaim?: (state: Claim['state']) => unknown;
};

/** `fromLedger` also for a caller that shared the call of another: only one of them paid. */
export type Kept = { readonly reply: StoredReply; readonly fromLedger: boolean };

export type Ledger = {
  /** The reply of a key: stored, or produced once and stored before it is returned. */
  once(call: LedgerCall): Promise<Kept>;
};

type Shared = {
  readonly outcome: Promise<Kept>;
  readonly leave: AbortController;
  callers: number;
};

/** The claim was lost while the store was away; whoever has it now pays. */
class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
  readonly kind = 'unavailable';
  readonly retryable = true;
}

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

export type LedgerOptions = {
  /** Calls under way and replies that wait to be stored, together, at most: what a kill can cost. */
  readonly atRisk: number;
};

/** Pay once: looks up, claims and stores in small batches; equal calls in this process share one promise. */
export function createLedger(store: ReplyStore, { atRisk }: LedgerOptions): Ledger {
  const claim = batched<string, Claim>({
    most: 100,
    waitMs: 2,
    together: 2,
    run: async (keys) => {
      const claims = await store.claim([...new Set(keys)]);
      return keys.map((key) => claims[key]!);
    },
  });
  const keep = batched<StoredReply, void>({
    most: 20,
    waitMs: 5,
    together: 4,
    run: (replies) => storeAll(store, replies),
  });
  const open = new Map<string, Shared>();
  /** Times that a reply could not be stored. */
  let failures = 0;
  const placeIn = createRoom(atRisk);

  async function keepOne(reply: StoredReply): Promise<void> {
    try {
      await keep(reply);
    } catch (error) {
      failures += 1;
      throw error;
    }
  }

  async function settle(call: LedgerCall, signal: AbortSignal): Promise<Kept> {
    let tell = call.onClaim;
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(LONGEST_POLL_MS, wait * 1.5)) {
      const found = await claim(call.key);
      tell?.(found.state);
      tell = undefined;
      if (found.state === 'stored') return { reply: found.reply, fromLedger: true };
      if (found.state === 'mine')
        try {
          return await pay(call, signal);
        } catch (error) {
          if (!(error instanceof ClaimLostError)) throw error;
        }
      await delay(wait, undefined, { signal });
    }
  }

  async function pay(call: LedgerCall, signal: AbortSignal): Promise<Kept> {
    const place = placeIn();
    let seen = failures;
    const stillMine = async (): Promise<void> => {
      if (seen === failures) return;
      seen = failures;
      const { state } = await claim(call.key);
      if (state !== 'mine') throw new ClaimLostError(`${call.key} is ${state}`);
    };
    const ask: Ask = async (request) => {
      await place.enter();
      try {
        signal.throwIfAborted();
        await stillMine();
        return await request();
      } catch (error) {
        // The next attempt waits for its turn elsewhere; the place of a request that was answered is held until its reply is kept.
        place.leave();
        throw error;
      }
    };
    try {
      signal.throwIfAborted();
      const reply = await call.produce(signal, ask);
      await keepOne(reply);
      return { reply, fromLedger: false };
    } catch (error) {
      // A claim that cannot be given up ends with the session; a new caller of the key keeps it.
      if (!open.get(call.key) || open.get(call.key)!.leave.signal === signal)
        await store.release([call.key]).catch(() => undefined);
      throw error;
    } finally {
      place.leave();
    }
  }

  function start(call: LedgerCall): Shared {
    const leave = new AbortController();
    const shared: Shared = {
      leave,
      callers: 0,
      outcome: settle(call, leave.signal).finally(() => forget(call.key, shared)),
    };
    open.set(call.key, shared);
    return shared;
  }

  function forget(key: string, shared: Shared): void {
    if (open.get(key) === shared) open.delete(key);
  }

  async function join(call: LedgerCall, shared: Shared): Promise<Kept> {
    shared.callers++;
    const left = Promise.withResolvers<never>();
    const abandon = (): void => {
      shared.callers--;
      if (shared.callers === 0) {
        forget(call.key, shared);
        shared.leave.abort(call.signal.reason);
      }
      left.reject(call.signal.reason as Error);
    };
    // One signal may stand for a whole batch of calls.
    setMaxListeners(0, call.signal);
    call.signal.addEventListener('abort', abandon, { once: true });
    try {
      return await Promise.race([shared.outcome, left.promise]);
    } finally {
      call.signal.removeEventListener('abort', abandon);
    }
  }

  return {
    once: async (call) => {
      call.signal.throwIfAborted();
      const running = open.get(call.key);
      if (!running) return await join(call, start(call));
      call.onClaim?.('busy');
      return { ...(await join(call, running)), fromLedger: true };
    },
  };
}

/** One insert; where it fails, one for each reply, so that a reply that cannot be stored fails alone. */
async function storeAll(
  store: ReplyStore,
  replies: readonly StoredReply[],
): Promise<readonly (void | Promise<void>)[]> {
  try {
    await store.store(replies);
    return replies.map(() => undefined);
  } catch (error) {
    if (replies.length === 1) throw error;
    return replies.map((reply) => store.store([reply]));
  }
}
