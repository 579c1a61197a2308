import { hashJson, hashText } from '../contracts/hash.ts';
import type { Json } from '../contracts/json.ts';
import type { Purpose } from '../contracts/model.ts';

/** Everything that makes a call the same call (design.md, section 4). */
export type CallIdentity = {
  readonly endpoint: string;
  readonly model: string;
  readonly body: Json;
  readonly purpose: Purpose;
  readonly draw: string;
};

/** Key of a call in the ledger, also sent as `Idempotency-Key`: 64 hex digits. */
export const ledgerKey = (call: CallIdentity): string => hashJson(call);

/** Seed of a draw: 31 bits of its hash. */
export const seedOf = (draw: string): number =>
  Number.parseInt(hashText(draw).slice(0, 8), 16) >>> 1;
