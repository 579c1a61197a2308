import { sql } from 'kysely';
import { type Db, inTransaction } from './connect.ts';
import { type CycleRef, cycleKey } from './cycles.ts';
import { type Spend, totalSpend } from './spend.ts';

export type Limits = {
  readonly usd: number | null;
  readonly tokens: number | null;
};

export type Reservation = {
  readonly granted: boolean;
  readonly limits: Limits;
  readonly spent: Spend;
  /** By other work under way. */
  readonly reserved: { readonly usd: number; readonly tokens: number };
};

/** Sets the limits of a cycle; null is none. */
export async function setBudget(db: Db, ref: CycleRef, limits: Limits): Promise<void> {
  const set = { limit_usd: limits.usd, limit_tokens: limits.tokens };
  await db
    .insertInto('budget')
    .values({ project: ref.project, cycle: cycleKey(ref), ...set })
    .onConflict((conflict) => conflict.columns(['project', 'cycle']).doUpdateSet(set))
    .execute();
}

/** The limits of a cycle; nulls where none are set. */
export async function getLimits(db: Db, ref: CycleRef): Promise<Limits> {
  const row = await db
    .selectFrom('budget')
    .selectAll()
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .executeTakeFirst();
  const tokens = row?.limit_tokens ?? null;
  return { usd: row?.limit_usd ?? null, tokens: tokens === null ? null : Number(tokens) };
}

type Work = {
  /** Business name of the work, such as a batch of a run: its retry replaces its reservation. */
  readonly work: string;
  /** The most it can cost. */
  readonly usd: number;
  readonly tokens?: number;
};

/** Sets money aside before work, unless that could go past a limit. A cycle without a budget has no limit. */
export function reserve(
  db: Db,
  ref: CycleRef,
  { work, usd, tokens = 0 }: Work,
): Promise<Reservation> {
  const at = { project: ref.project, cycle: cycleKey(ref) };
  return inTransaction(db, async (tx) => {
    const budget = await tx
      .selectFrom('budget')
      .selectAll()
      .where('project', '=', at.project)
      .where('cycle', '=', at.cycle)
      .forNoKeyUpdate()
      .executeTakeFirst();
    const limits = {
      usd: budget?.limit_usd ?? null,
      tokens: budget?.limit_tokens == null ? null : Number(budget.limit_tokens),
    };
    const spent = await totalSpend(tx, ref);
    const reserved = await reservedByOthers(tx, { ...at, work });
    const granted =
      fits(limits.usd, spent.usd + reserved.usd + usd) &&
      fits(limits.tokens, spent.tokens + reserved.tokens + tokens);
    if (granted && budget)
      await tx
        .insertInto('budget_reservation')
        .values({ ...at, work, usd, tokens })
        .onConflict((conflict) =>
          conflict.columns(['project', 'cycle', 'work']).doUpdateSet({ usd, tokens }),
        )
        .execute();
    return { granted, limits, spent, reserved };
  });
}

const fits = (limit: number | null, sum: number): boolean => limit === null || sum <= limit;

async function reservedByOthers(
  tx: Db,
  at: { readonly project: string; readonly cycle: string; readonly work: string },
): Promise<Reservation['reserved']> {
  const { rows } = await sql<{ usd: number; tokens: number }>`
    select coalesce(sum(usd), 0)::double precision as usd,
      coalesce(sum(tokens), 0)::double precision as tokens
    from budget_reservation
    where project = ${at.project} and cycle = ${at.cycle} and work <> ${at.work}`.execute(tx);
  return rows[0]!;
}

/** Ends a reservation: what the work cost stands in the ledger. */
export async function settle(
  db: Db,
  ref: CycleRef,
  { work }: { readonly work: string },
): Promise<void> {
  await db
    .deleteFrom('budget_reservation')
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .where('work', '=', work)
    .execute();
}
