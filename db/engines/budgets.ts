import { sql } from 'kysely';
import type { PaidPhase } from '../../contracts/progress.ts';
import type { Budget } from '../../contracts/spec.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey } from '../cycles/cycles.ts';
import { isFree } from '../holder.ts';
import { phaseSpend, type Spend, totalSpend } from './spend.ts';

/** What a limit holds for: the whole cycle, or one phase of it. */
export type BudgetScope = PaidPhase | 'all';

export type Limits = {
  readonly scope: BudgetScope;
  readonly usd: number | null;
  readonly tokens: number | null;
};

export type Reservation = {
  /** Null: granted. Else the limit that the work could go past, with what is spent in its scope. */
  readonly refused: Refusal | null;
  /** Refused only for what others have set aside: it may be granted when they are done. */
  readonly waits: boolean;
  /** By other work under way. */
  readonly reserved: Amount;
};

export type Refusal = {
  readonly limit: 'usd' | 'tokens';
  readonly limits: Limits;
  readonly spent: Spend;
};

type Amount = { readonly usd: number; readonly tokens: number };

/** Sets the limits in money and tokens of a cycle and of its phases. */
export async function setBudget(
  db: Db,
  ref: CycleRef,
  { phases = {}, ...all }: Partial<Budget>,
): Promise<void> {
  const scopes = Object.entries({ all, ...phases }) as [BudgetScope, Partial<Amount>][];
  await db
    .insertInto('budget')
    .values(
      scopes.map(([phase, { usd = null, tokens = null }]) => ({
        project: ref.project,
        cycle: cycleKey(ref),
        phase,
        limit_usd: usd,
        limit_tokens: tokens,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['project', 'cycle', 'phase']).doUpdateSet((set) => ({
        limit_usd: set.ref('excluded.limit_usd'),
        limit_tokens: set.ref('excluded.limit_tokens'),
      })),
    )
    .execute();
}

/** The limits of a cycle and of its phases, the cycle's first; empty where none are set. */
export async function getLimits(db: Db, ref: CycleRef): Promise<readonly Limits[]> {
  const rows = await limitRows(db, ref).execute();
  return rows.map(limitsOf);
}

const limitRows = (db: Db, ref: CycleRef) =>
  db
    .selectFrom('budget')
    .selectAll()
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .orderBy(sql`phase = 'all'`, 'desc')
    .orderBy('phase');

const limitsOf = (row: {
  readonly phase: BudgetScope;
  readonly limit_usd: number | null;
  readonly limit_tokens: string | null;
}): Limits => ({
  scope: row.phase,
  usd: row.limit_usd,
  tokens: row.limit_tokens === null ? null : Number(row.limit_tokens),
});

type Work = Amount & {
  /** Name of the work, another for each call under way: its retry replaces its reservation. */
  readonly work: string;
};

/**
 * Sets the most that work can cost aside before it is done, unless that could go past a limit of the cycle or of its phase under way. A
 * cycle without a budget has no limit. What is set aside is free again when the database session ends that holds it.
 */
export function reserve(
  db: Db,
  ref: CycleRef,
  { holder, ...work }: Work & { readonly holder: number },
): Promise<Reservation> {
  return inTransaction(db, async (tx) => {
    const rows = await limitRows(tx, ref).forNoKeyUpdate().execute();
    const phase = await phaseOf(tx, ref);
    const set = rows.map(limitsOf).filter(({ scope }) => scope === 'all' || scope === phase);
    const first = await fit(tx, ref, { set, work });
    const found =
      first.waits && (await freeAbandoned(tx, ref)) ? await fit(tx, ref, { set, work }) : first;
    if (found.refused === null && set.length > 0)
      await tx
        .insertInto('budget_reservation')
        .values({ project: ref.project, cycle: cycleKey(ref), ...work, holder })
        .onConflict((conflict) =>
          conflict.columns(['project', 'cycle', 'work']).doUpdateSet({
            usd: work.usd,
            tokens: work.tokens,
            holder,
            reserved_at: sql<Date>`clock_timestamp()`,
          }),
        )
        .execute();
    return found;
  });
}

async function fit(
  tx: Db,
  ref: CycleRef,
  { set, work: { work, usd, tokens } }: { readonly set: readonly Limits[]; readonly work: Work },
): Promise<Reservation> {
  // Phases follow one another: whatever is set aside belongs to the phase under way.
  const reserved = await reservedByOthers(tx, ref, work);
  for (const limits of set) {
    const spent = await spentIn(tx, ref, limits.scope);
    const alone = { usd: spent.usd + usd, tokens: spent.tokens + tokens };
    const together = { usd: alone.usd + reserved.usd, tokens: alone.tokens + reserved.tokens };
    const limit = passed(limits, together);
    if (limit !== null)
      return { refused: { limit, limits, spent }, waits: passed(limits, alone) === null, reserved };
  }
  return { refused: null, waits: false, reserved };
}

const spentIn = (tx: Db, ref: CycleRef, scope: BudgetScope): Promise<Spend> =>
  scope === 'all' ? totalSpend(tx, ref) : phaseSpend(tx, ref, scope);

async function phaseOf(tx: Db, ref: CycleRef): Promise<string | null> {
  const { phase } = await tx
    .selectFrom('cycle')
    .select('phase')
    .where('project', '=', ref.project)
    .where('key', '=', cycleKey(ref))
    .executeTakeFirstOrThrow();
  return phase;
}

function passed({ usd, tokens }: Limits, sum: Amount): 'usd' | 'tokens' | null {
  if (usd !== null && sum.usd > usd) return 'usd';
  return tokens !== null && sum.tokens > tokens ? 'tokens' : null;
}

async function reservedByOthers(tx: Db, ref: CycleRef, work: string): Promise<Amount> {
  const { rows } = await sql<Amount>`
    select coalesce(sum(usd), 0)::double precision as usd,
      coalesce(sum(tokens), 0)::double precision as tokens
    from budget_reservation
    where project = ${ref.project} and cycle = ${cycleKey(ref)} and work <> ${work}`.execute(tx);
  return rows[0]!;
}

/** Whether something was set aside by work that nobody does any more: its worker was killed. */
async function freeAbandoned(tx: Db, ref: CycleRef): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('budget_reservation')
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .where(isFree('holder', 'reserved_at'))
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
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
