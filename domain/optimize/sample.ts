import type { Random } from '../random.ts';
import type { Sampling } from './options.ts';

/** Where the epoch-shuffled sampler stands: the padded order of this epoch, and the calls of this iteration. */
export type Sampler = {
  readonly order: readonly number[];
  readonly epoch: number;
  readonly size: number;
  readonly iteration: number;
  readonly calls: number;
};

export const freshSampler: Sampler = { order: [], epoch: -1, size: 0, iteration: -1, calls: 0 };

export type Draw = {
  readonly ids: readonly number[];
  readonly minibatch: number;
  /** Zero-based; further calls within one iteration take further slices. */
  readonly iteration: number;
  readonly random: Random;
};

/** The next minibatch and the sampler after it (gepa strategies/batch_sampler.py). */
export function nextBatch(
  sampler: Sampler,
  { ids, minibatch, iteration, random }: Draw,
): { readonly batch: readonly number[]; readonly sampler: Sampler } {
  const calls = iteration === sampler.iteration ? sampler.calls + 1 : 0;
  const start = iteration * minibatch;
  const epoch = sampler.epoch === -1 ? 0 : Math.floor(start / Math.max(sampler.order.length, 1));
  const stale = sampler.order.length === 0 || sampler.size !== ids.length || epoch > sampler.epoch;
  const order = stale ? padded(random.shuffle(ids), minibatch) : sampler.order;
  const at = (start + calls * minibatch) % order.length;
  return {
    batch: order.slice(at, at + minibatch),
    sampler: {
      order,
      epoch: stale ? epoch : sampler.epoch,
      size: ids.length,
      iteration,
      calls,
    },
  };
}

export type Pick = { readonly parent: number; readonly batch: readonly number[] };

/** The (parent, minibatch) pairs of one iteration (gepa strategies/proposal_sampling.py); `width` of them where sampling is adaptive. */
export function sampleTasks(
  sampling: Sampling,
  draw: {
    readonly parent: () => number;
    readonly batch: () => readonly number[];
    readonly width: number;
  },
): readonly Pick[] {
  const parents =
    sampling.kind === 'adaptive'
      ? draw.width
      : sampling.kind === 'independent'
        ? sampling.n
        : sampling.kind === 'pxn'
          ? sampling.p
          : 1;
  const each = sampling.kind === 'same_parent' || sampling.kind === 'pxn' ? sampling.n : 1;
  return Array.from({ length: parents }).flatMap(() => {
    const parent = draw.parent();
    return Array.from({ length: each }, () => ({ parent, batch: draw.batch() }));
  });
}

// Padding takes the least used id; among equals the latest in shuffled order.
function padded(shuffled: readonly number[], minibatch: number): readonly number[] {
  const order = [...shuffled];
  const uses = new Map(shuffled.map((id) => [id, 1]));
  while (order.length % minibatch !== 0) {
    const least = Math.min(...uses.values());
    const id = shuffled.findLast((candidate) => uses.get(candidate) === least)!;
    order.push(id);
    uses.set(id, least + 1);
  }
  return order;
}
