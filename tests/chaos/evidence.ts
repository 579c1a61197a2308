import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../db/connect.ts';
import { requestsIn } from '../e2e/requests.ts';
import type { TestStack } from '../e2e/stack.ts';

const practiceStats = z.object({ ok: z.number(), keyRepeats: z.number(), aborted: z.number() });

export type Cost = {
  /** Requests for a key whose reply was stored when they came: each is money spent twice. */
  readonly askedAgain: number;
  /** Requests beyond the first of their key: what was under way at a kill may repeat. */
  readonly repeats: number;
  readonly replies: number;
};

/** What the model was asked twice, by its own log and the ledger. */
export async function costOf(stack: TestStack, db: Db): Promise<Cost> {
  const { rows } = await sql<{ key: string; at: Date }>`
    select key, created_at as at from model_reply`.execute(db);
  const stored = new Map(rows.map(({ key, at }) => [key, at.getTime()]));
  const seen = new Set<string>();
  let repeats = 0;
  let askedAgain = 0;
  for (const { key, at } of requestsIn(stack.practiceLog)) {
    if (key === null) continue;
    if (seen.has(key)) repeats += 1;
    seen.add(key);
    // A millisecond is as fine as either clock is read.
    if (at > (stored.get(key) ?? Infinity) + 1) askedAgain += 1;
  }
  return { askedAgain, repeats, replies: stored.size };
}

/** Counts of the practice model's process since it started. */
export async function practiceCounts(stack: TestStack): Promise<z.infer<typeof practiceStats>> {
  const url = new URL('/stats', stack.stack.info.model.baseUrl);
  return practiceStats.parse(await (await fetch(url)).json());
}

/** How often the production alias moved to another version. */
export async function aliasMoves(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from prompt_alias_move
    where cycle is not null`.execute(db);
  return rows[0]!.n;
}
