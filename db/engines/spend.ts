import { type RawBuilder, sql } from 'kysely';
import type { Phase } from '../../contracts/progress.ts';
import type { CycleReport } from '../../contracts/report.ts';
import type { Db } from '../connect.ts';
import { type CycleRef, cycleKey } from '../cycles/cycles.ts';

/** Model calls paid by a cycle, by purpose; `reused` counts replies that came from the ledger instead. */
export async function spendByPurpose(db: Db, ref: CycleRef): Promise<CycleReport['spend']> {
  const { rows } = await sql<CycleReport['spend'][string] & { readonly purpose: string }>`
    select purpose, count(*)::integer as calls, sum(input_tokens)::integer as "inputTokens",
      sum(output_tokens)::integer as "outputTokens", sum(price) as price,
      sum(reused)::integer as reused
    from model_reply where project = ${ref.project} and cycle = ${cycleKey(ref)}
    group by purpose order by purpose`.execute(db);
  return Object.fromEntries(rows.map(({ purpose, ...spend }) => [purpose, spend]));
}

export type Spend = { readonly calls: number; readonly usd: number; readonly tokens: number };

export function totalSpend(db: Db, ref: CycleRef): Promise<Spend> {
  return spendSince(db, ref, sql`'-infinity'`);
}

/** Since a phase began; what it spends while it is under way. */
export function phaseSpend(db: Db, ref: CycleRef, phase: Phase): Promise<Spend> {
  return spendSince(
    db,
    ref,
    sql`(select started_at from cycle_phase
      where project = ${ref.project} and cycle = ${cycleKey(ref)} and phase = ${phase})`,
  );
}

async function spendSince(db: Db, ref: CycleRef, began: RawBuilder<unknown>): Promise<Spend> {
  const { rows } = await sql<Spend>`
    select count(*)::integer as calls, coalesce(sum(price), 0)::double precision as usd,
      coalesce(sum(input_tokens + output_tokens), 0)::double precision as tokens
    from model_reply
    where project = ${ref.project} and cycle = ${cycleKey(ref)} and created_at >= ${began}`.execute(
    db,
  );
  return rows[0]!;
}
