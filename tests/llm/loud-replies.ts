import type { StoredReply } from '../../contracts/model.ts';
import type { Claim, ReplyStore } from '../../contracts/reply-store.ts';

/** Replies in memory with claims by session, as the database keeps them. Storing what is not claimed throws. */
export function loudReplies() {
  const replies = new Map<string, StoredReply>();
  const holders = new Map<string, object>();
  const calls = { claim: 0, store: 0, release: 0 };

  function session(): ReplyStore & { end(): void } {
    const holder = {};
    const claimOf = (key: string): Claim => {
      const reply = replies.get(key);
      if (reply) return { state: 'stored', reply };
      const held = holders.get(key);
      if (held !== undefined && held !== holder) return { state: 'busy' };
      holders.set(key, holder);
      return { state: 'mine' };
    };
    return {
      claim: async (keys) => {
        calls.claim++;
        if (new Set(keys).size !== keys.length) throw new Error('a key was claimed twice at once');
        await Promise.resolve();
        return Object.fromEntries(keys.map((key) => [key, claimOf(key)]));
      },
      store: async (stored) => {
        calls.store++;
        await Promise.resolve();
        for (const { key } of stored)
          if (holders.get(key) !== holder) throw new Error(`reply ${key} was never claimed`);
        for (const reply of stored) {
          replies.set(reply.key, structuredClone(reply));
          holders.delete(reply.key);
        }
      },
      release: async (keys) => {
        calls.release++;
        await Promise.resolve();
        for (const key of keys) if (holders.get(key) === holder) holders.delete(key);
      },
      end: () => {
        for (const [key, held] of holders) if (held === holder) holders.delete(key);
      },
    };
  }
  return { session, replies, holders, calls };
}
