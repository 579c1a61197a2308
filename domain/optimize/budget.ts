import { missingOrdinals } from './pairs.ts';
import type { Pick } from './sample.ts';
import type { Search } from './state.ts';

/** Raised at the start where the budget does not cover one full step; `needed` is in rollouts. */
export class OptimizeBudgetError extends Error {
  override readonly name = 'OptimizeBudgetError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly budget: number;
  readonly needed: number;
  constructor(budget: number, needed: number) {
    super(
      `optimize: a budget of ${budget} rollouts is too small for one full step, which takes ${needed} ` +
        `(the seed on validation, a parent and a child on a minibatch, the child on validation); ` +
        `raise the budget to at least ${needed} or use fewer validation examples`,
    );
    this.budget = budget;
    this.needed = needed;
  }
}

/** Rollouts still free; Infinity where nothing is reserved. */
export function remaining({ options, totals }: Search): number {
  if (!options.mends.reserveBudget || options.budget === null) return Infinity;
  return options.budget - totals.reserved;
}

/** Throws OptimizeBudgetError where one full step does not fit; `seedMissing` counts the seed's pairs to be asked. */
export function refuseSmallBudget(search: Search, seedMissing: number): void {
  const { minibatch, budget } = search.options;
  const batch = Math.min(minibatch, search.train.length);
  const needed = seedMissing + 2 * batch + search.validation.length;
  if (remaining(search) < needed) throw new OptimizeBudgetError(budget!, needed);
}

/** The leading tasks that fit, with one validation pass kept free for what they find. */
export function affordable(search: Search, picks: readonly Pick[]): readonly Pick[] {
  let free = remaining(search) - search.validation.length;
  const cut = picks.findIndex(({ parent, batch }) => {
    const { candidate } = search.pool[parent]!;
    const missing = missingOrdinals(search, { candidate, ordinals: batch, cached: false });
    free -= missing.length + new Set(batch).size;
    return free < 0;
  });
  return cut === -1 ? picks : picks.slice(0, cut);
}
