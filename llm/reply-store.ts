export type { Claim, ReplyStore } from '../contracts/reply-store.ts';
