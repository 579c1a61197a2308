import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredReply } from '../contracts/model.ts';
import { batched } from './batch.ts';
import type { Claim, ReplyStore } from '../contracts/reply-store.ts';

export type LedgerCall = {
  readonly key: string;
  readonly signal: AbortSignal;
  /**
   * Asks the model. Its signal ends only when every caller of the key has left. To await `mayAsk` before each request: it waits for
   * room, and a call that waited in a queue while the store went away must not be paid, as its reply could not be kept.
   */
  readonly produce: (signal: AbortSignal, mayAsk: () => Promise<void>) => Promise<StoredReply>;
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
}

/** Replies that wait to be stored while new calls may start: with the calls under way they are what a kill can cost. */
const MOST_UNKEPT = 20;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

/** Pay once: looks up, claims and stores in small batches; equal calls in this process share one promise. */
export function createLedger(store: ReplyStore): Ledger {
  const claim = batched<string, Claim>({
    most: 50,
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
  let unkept = 0;
  let kept = Promise.withResolvers<void>();

  const crowded = (): boolean => unkept >= MOST_UNKEPT;

  /** Stores a reply; calls that wait for room are told when it is settled. */
  async function keepOne(reply: StoredReply): Promise<void> {
    unkept += 1;
    try {
      await keep(reply);
    } catch (error) {
      failures += 1;
      throw error;
    } finally {
      unkept -= 1;
      kept.resolve();
      kept = Promise.withResolvers();
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
    let seen = failures;
    const mayAsk = async (): Promise<void> => {
      while (crowded()) await kept.promise;
      if (seen === failures) return;
      seen = failures;
      const { state } = await claim(call.key);
      if (state !== 'mine') throw new ClaimLostError(`${call.key} is ${state}`);
    };
    try {
      signal.throwIfAborted();
      const reply = await call.produce(signal, mayAsk);
      await keepOne(reply);
      return { reply, fromLedger: false };
    } catch (error) {
      // A claim that cannot be given up ends with the session; a new caller of the key keeps it.
      if (!open.get(call.key) || open.get(call.key)!.leave.signal === signal)
        await store.release([call.key]).catch(() => undefined);
      throw error;
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
