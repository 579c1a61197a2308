import { hashJson } from '../contracts/hash.ts';
import { type Prices, priceOf } from '../contracts/prices.ts';
import type { CallContext, CompletionRequest, Model } from '../contracts/model.ts';
import { getLimits, type Limits, reserve, type Reservation, settle } from '../db/budgets.ts';
import type { Db } from '../db/connect.ts';
import { cycleKey, type CycleRef } from '../db/cycles.ts';

import { estimateTokens } from '../llm/tokens.ts';

/** The next call could take a cycle past its budget. Ends the cycle cleanly. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpent';
  readonly retryable = false;
  constructor(ref: CycleRef, { limits, spent }: Reservation, limit: 'usd' | 'tokens') {
    const { scope } = limits;
    const [of, key] =
      scope === 'all' ? ['', 'budget'] : [`the phase ${scope} of `, `budget.phases.${scope}`];
    const figures =
      limit === 'usd'
        ? `${limits.usd} USD; ${spent.usd.toFixed(4)} USD are spent`
        : `${limits.tokens} tokens; ${spent.tokens} tokens are spent`;
    super(
      `the budget of ${of}${ref.cycle}/${ref.number} is ${figures}, and the next call could go past it. Raise \`${key}\` in the spec and start the next cycle`,
    );
  }
}

/** Reply tokens that a request without a bound of its own may take. */
const MOST_OUTPUT = 4_096;

/** A model that sets aside the most a call can cost before it is made; free models are not held up. */
export function withBudget(model: Model, db: Db, prices: Prices): Model {
  const limits = createLimits(db);
  return {
    ...model,
    complete: (request, context) =>
      held({ db, prices, request, context, limits }, () => model.complete(request, context)),
    structured: (request, context, read) =>
      // One re-ask at most: twice the cost is set aside.
      held({ db, prices, request, context, limits, asks: 2 }, () =>
        model.structured(request, context, read),
      ),
  };
}

type Held = {
  readonly db: Db;
  readonly prices: Prices;
  readonly request: CompletionRequest;
  readonly context: CallContext;
  readonly limits: (ref: CycleRef) => Promise<readonly Limits[]>;
  readonly asks?: number;
};

/** Limits by cycle: they are set before the first call and never change. */
function createLimits(db: Db): Held['limits'] {
  const known = new Map<string, Promise<readonly Limits[]>>();
  return (ref) => {
    const key = `${ref.project}/${cycleKey(ref)}`;
    const found = known.get(key) ?? getLimits(db, ref);
    known.set(key, found);
    // A failed look-up is not kept: the next call asks again.
    found.catch(() => known.delete(key));
    return found;
  };
}

async function held<T>(call: Held, make: () => Promise<T>): Promise<T> {
  const { db, context } = call;
  const ref = refOf(context);
  if (ref === null) return make();
  const set = await call.limits(ref);
  const most = mostOf(call);
  const counted = set.some(({ usd, tokens }) => tokens !== null || (usd !== null && most.usd > 0));
  if (!counted) return make();
  const work = hashJson([context.purpose, context.draw, call.request.model]);
  const reservation = await reserve(db, ref, { work, ...most });
  if (reservation.refused !== null)
    throw new BudgetSpentError(ref, reservation, reservation.refused);
  try {
    return await make();
  } finally {
    await settle(db, ref, { work });
  }
}

function mostOf({ request, prices, asks = 1 }: Held): {
  readonly usd: number;
  readonly tokens: number;
} {
  const text = request.messages.map((message) => message.content).join('\n');
  const inputTokens = estimateTokens(text) * asks;
  const outputTokens = (request.maxTokens ?? MOST_OUTPUT) * asks;
  const usage = { inputTokens, cachedTokens: 0, outputTokens };
  return { usd: priceOf(request.model, usage, prices).usd, tokens: inputTokens + outputTokens };
}

function refOf({ project, cycle }: CallContext): CycleRef | null {
  const [, name, number] = /^(.+)\/(\d+)$/.exec(cycle ?? '') ?? [];
  return name === undefined ? null : { project, cycle: name, number: Number(number) };
}
