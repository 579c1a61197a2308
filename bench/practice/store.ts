import type { StoredReply } from '../../contracts/model.ts';
import type { Claim, ReplyStore } from '../../contracts/reply-store.ts';

/** Replies in memory, for benches and tests that need no database. */
export function memoryStore(): ReplyStore & { readonly replies: ReadonlyMap<string, StoredReply> } {
  const replies = new Map<string, StoredReply>();
  return {
    replies,
    claim: (keys) =>
      Promise.resolve(
        Object.fromEntries(
          keys.map((key): [string, Claim] => {
            const reply = replies.get(key);
            return [key, reply ? { state: 'stored', reply } : { state: 'mine' }];
          }),
        ),
      ),
    store: (stored) => {
      for (const reply of stored) replies.set(reply.key, reply);
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
  };
}
