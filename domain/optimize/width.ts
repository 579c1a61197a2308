import { remaining } from './budget.ts';
import type { Sampling } from './options.ts';
import type { Search } from './state.ts';

type Adaptive = Extract<Sampling, { kind: 'adaptive' }>;

/**
 * Proposals of the next iteration: `even` where every second child has passed its test so far, and by the cube of the odds more where fewer
 * do. What passes is what the next draw could build on; the rarer it is, the less is lost by not waiting for it, and the more of it is luck
 * of the minibatch. At most `max`, one a slice of the training examples, and what the budget can also validate.
 */
export function widthOf(search: Search, { even, max }: Adaptive): number {
  const { options, tests, train, validation } = search;
  // Laplace's rule of succession: one in two before anything is known.
  const rate = (tests.passed + 1) / (tests.made + 2);
  const batch = Math.min(options.minibatch, train.length);
  const slices = Math.floor(train.length / batch);
  const each = 2 * batch + rate * validation.length;
  const paid = Math.floor(remaining(search) / each);
  return Math.max(1, Math.min(Math.round(even * (0.5 / rate) ** 3), max, slices, paid));
}
