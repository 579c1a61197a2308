import { remaining } from './budget.ts';
import type { Sampling } from './options.ts';
import type { Search } from './state.ts';

type Adaptive = Extract<Sampling, { kind: 'adaptive' }>;

/**
 * Proposals of the next iteration: as many as bring `accepted` acceptances at the rate seen so far. A rejected proposal teaches the next
 * draw nothing, so where most are rejected many are made at once, and where most are accepted few are, which build on one another.
 * At most `max`, one a slice of the training examples, and what the budget can also validate.
 */
export function widthOf(search: Search, { accepted, max }: Adaptive): number {
  const { options, tests, train, validation } = search;
  // Laplace's rule of succession: one in two before anything is known.
  const rate = (tests.passed + 1) / (tests.made + 2);
  const batch = Math.min(options.minibatch, train.length);
  const slices = Math.floor(train.length / batch);
  const each = 2 * batch + rate * validation.length;
  const paid = Math.floor(remaining(search) / each);
  return Math.max(1, Math.min(Math.round(accepted / rate), max, slices, paid));
}
