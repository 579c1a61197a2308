import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { hashJson } from '../contracts/hash.ts';
import { type Prices, priceOf } from '../contracts/prices.ts';
import type { CallContext, CompletionRequest, Model } from '../contracts/model.ts';
import {
  getLimits,
  type Limits,
  type Refusal,
  reserve,
  type Reservation,
  settle,
} from '../db/engines/budgets.ts';
import type { Db } from '../db/connect.ts';
import { cycleKey, type CycleRef } from '../db/cycles/cycles.ts';
import { estimateTokens } from '../llm/tokens.ts';

/** The next call could take a cycle past its budget. Ends the cycle cleanly. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpent';
  readonly kind = 'spent';
  readonly retryable = false;
  constructor(ref: CycleRef, { limit, limits, spent }: Refusal) {
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
export function withBudget(model: Model, ports: BudgetPorts): Model {
  const shared = { ...ports, limits: createLimits(ports.db), inTurn: createTurns() };
  const complete: Model['complete'] = (request, context) =>
    held({ ...shared, request, context }, () => model.complete(request, context));
  return {
    ...model,
    complete,
    // A re-ask is another call, which may want more room.
    structured: (request, context, read) => model.structured(request, context, read, complete),
  };
}

export type BudgetPorts = {
  readonly db: Db;
  readonly prices: Prices;
  /** Id of the database session of this process: what it has set aside is free when that ends. */
  readonly holder: () => Promise<number>;
};

type Held = BudgetPorts & {
  readonly request: CompletionRequest;
  readonly context: CallContext;
  readonly limits: (ref: CycleRef) => Promise<readonly Limits[]>;
  readonly inTurn: Turns;
};
type Turns = <T>(ref: CycleRef, work: () => Promise<T>) => Promise<T>;

const nameOf = (ref: CycleRef): string => `${ref.project}/${cycleKey(ref)}`;

/** Limits by cycle: they are set before the first call and never change. */
function createLimits(db: Db): Held['limits'] {
  const known = new Map<string, Promise<readonly Limits[]>>();
  return (ref) => {
    const key = nameOf(ref);
    const found = known.get(key) ?? getLimits(db, ref);
    known.set(key, found);
    // A failed look-up is not kept: the next call asks again.
    found.catch(() => known.delete(key));
    return found;
  };
}

/** Of those who wait for money of one cycle, one at a time asks the database for it. */
function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (ref, work) => {
    const turn = (last.get(nameOf(ref)) ?? Promise.resolve()).then(work);
    last.set(
      nameOf(ref),
      turn.catch(() => undefined),
    );
    return turn;
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
  // Judges share the draw of their run: the request tells their calls apart.
  const work = hashJson([context.purpose, context.draw, JSON.stringify(call.request)]);
  const reservation = await setAside(call, ref, { work, ...most });
  if (reservation.refused !== null) throw new BudgetSpentError(ref, reservation.refused);
  try {
    return await make();
  } finally {
    await settle(db, ref, { work });
  }
}

/** How often a call that waits for money looks again, and how long it does while nothing that others have set aside comes free. */
const LOOK_MS = 100;
const STUCK_MS = 180_000;

/** What calls under way have set aside may come back: only what is spent ends a cycle. */
async function setAside(
  { db, context, inTurn, holder }: Held,
  ref: CycleRef,
  wanted: Omit<Parameters<typeof reserve>[2], 'holder'>,
): Promise<Reservation> {
  const ask = async (): Promise<Reservation> =>
    reserve(db, ref, { ...wanted, holder: await holder() });
  const first = await ask();
  if (!first.waits) return first;
  return inTurn(ref, async () => {
    let found = await ask();
    let until = performance.now() + STUCK_MS;
    while (found.waits && performance.now() < until) {
      await sleep(LOOK_MS, undefined, { signal: context.signal });
      const next = await ask();
      if (!isDeepStrictEqual(next.reserved, found.reserved)) until = performance.now() + STUCK_MS;
      found = next;
    }
    return found;
  });
}

function mostOf({ request, prices }: Held): {
  readonly usd: number;
  readonly tokens: number;
} {
  const text = request.messages.map((message) => message.content).join('\n');
  const inputTokens = estimateTokens(text);
  const outputTokens = request.maxTokens ?? MOST_OUTPUT;
  const usage = { inputTokens, cachedTokens: 0, outputTokens };
  return { usd: priceOf(request.model, usage, prices).usd, tokens: inputTokens + outputTokens };
}

function refOf({ project, cycle }: CallContext): CycleRef | null {
  const [, name, number] = /^(.+)\/(\d+)$/.exec(cycle ?? '') ?? [];
  return name === undefined ? null : { project, cycle: name, number: Number(number) };
}
