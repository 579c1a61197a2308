import type { StoredReply } from './model.ts';

/** What the ledger says of one key: answered before, ours to ask, or being asked by a live session elsewhere. */
export type Claim =
  | { readonly state: 'stored'; readonly reply: StoredReply }
  | { readonly state: 'mine' }
  | { readonly state: 'busy' };

/**
 * Where replies are kept (implemented in db/). Claims belong to a database session: they end with it, or after ten minutes.
 * Claiming a key that this session holds already answers `mine`. Every method is called with many keys at once.
 */
export type ReplyStore = {
  /** One claim for each key asked for, by key. */
  claim(keys: readonly string[]): Promise<Readonly<Record<string, Claim>>>;
  /** All or nothing; resolves when the replies are durable. Storing a key a second time changes nothing. */
  store(replies: readonly StoredReply[]): Promise<void>;
  /** Gives up claims of this session that got no reply. */
  release(keys: readonly string[]): Promise<void>;
};
