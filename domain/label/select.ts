import type { LabelPolicy } from '../../contracts/spec.ts';
import { drawOf } from '../promote/draw.ts';
import { itemKey } from './consensus.ts';
import { byDiversity, byUncertainty } from './rank.ts';

/** An output that people could label. */
export type Candidate = {
  readonly example: string;
  readonly outputHash: string;
  readonly traceId: string;
  readonly part: 'align-labels' | 'judge-test';
  /** The judge's score; null where it said `not applicable`. */
  readonly score: number | null;
  /** How far the judge's scores of the example lie apart over trials; null or absent where it has one. */
  readonly spread?: number | null;
  /** What `diverse` compares. */
  readonly text?: string;
};

export type Selected = Candidate & {
  /** Inverse of the probability of being chosen; null where some items could not be chosen at all. */
  readonly weight: number | null;
  readonly reason: string;
};

export type SelectOptions = {
  readonly policy: LabelPolicy['select'];
  /** With `cross-fitted` every item may test the judge, so all are a simple random sample. */
  readonly method: 'held-out' | 'cross-fitted';
  /** Draws depend on the seed and the item alone, not on the order of the candidates. */
  readonly seed: string;
};

/** Scores from here on are passes. */
const PASS = 0.5;

/**
 * The items of a label session, in an order that is itself a draw: whatever part of them gets labelled from the top is a random
 * part. The policy chooses among the align part; judge-test items are always a simple random sample.
 */
export function selectItems(
  candidates: readonly Candidate[],
  options: SelectOptions,
): readonly Selected[] {
  const drawn = inDrawOrder(candidates, options.seed);
  const align = drawn.filter(({ part }) => part === 'align-labels');
  const test = drawn.filter(({ part }) => part === 'judge-test');
  const chosen =
    options.method === 'cross-fitted'
      ? randomSample(drawn, sizeOf(drawn, options.policy))
      : [...byPolicy(align, options.policy), ...randomSample(test, testSize(test, options.policy))];
  return inDrawOrder(chosen, options.seed);
}

function byPolicy(drawn: readonly Candidate[], policy: LabelPolicy['select']): Selected[] {
  switch (policy.policy) {
    case 'all':
    case 'random':
      return randomSample(drawn, sizeOf(drawn, policy));
    case 'failures-and-share':
      return failuresAndShare(drawn, policy);
    case 'uncertain':
      return purposive(
        byUncertainty(drawn).slice(0, sizeOf(drawn, policy)),
        'the judge is of two minds',
      );
    case 'diverse':
      return purposive(byDiversity(drawn, sizeOf(drawn, policy)), 'unlike the others');
  }
}

// Chosen by a rule that gives some items no chance: no weight makes their figures those of all items.
const purposive = (items: readonly Candidate[], reason: string): Selected[] =>
  items.map((item) => ({ ...item, weight: null, reason }));

function failuresAndShare(drawn: readonly Candidate[], policy: LabelPolicy['select']): Selected[] {
  const passes = drawn.filter(isPass);
  const shown = shareOf(passes.length, policy.share);
  // Passes that can never be chosen leave no figure over all items unbiased.
  const known = shown > 0 || passes.length === 0;
  const failures = drawn
    .filter((item) => !isPass(item))
    .map((item) => ({
      ...item,
      weight: known ? 1 : null,
      reason: item.score === null ? 'the judge gave no score' : 'the judge failed it',
    }));
  const sample = randomSample(passes, shown).map((item) => ({
    ...item,
    reason: `${shown} of ${passes.length} passes, at random`,
  }));
  return [...failures, ...sample];
}

/** The first `size` of items in draw order: each is chosen with the same probability. */
function randomSample(drawn: readonly Candidate[], size: number): Selected[] {
  const reason =
    size === drawn.length ? `all ${drawn.length}` : `${size} of ${drawn.length}, at random`;
  return drawn.slice(0, size).map((item) => ({ ...item, weight: drawn.length / size, reason }));
}

function testSize(test: readonly Candidate[], policy: LabelPolicy['select']): number {
  const shared = policy.policy !== 'all' && policy.policy !== 'failures-and-share';
  return shared ? shareOf(test.length, policy.share) : test.length;
}

function sizeOf(drawn: readonly Candidate[], policy: LabelPolicy['select']): number {
  switch (policy.policy) {
    case 'all':
      return drawn.length;
    case 'random':
    case 'uncertain':
    case 'diverse':
      return shareOf(drawn.length, policy.share);
    case 'failures-and-share': {
      const passes = drawn.filter(isPass).length;
      return drawn.length - passes + shareOf(passes, policy.share);
    }
  }
}

/** At least one item where the share is above zero. */
function shareOf(count: number, share: number): number {
  return share === 0 ? 0 : Math.min(count, Math.max(1, Math.round(count * share)));
}

function isPass({ score }: Candidate): boolean {
  return score !== null && score >= PASS;
}

function inDrawOrder<T extends Candidate>(items: readonly T[], seed: string): T[] {
  return items
    .map((item) => ({ item, draw: drawOf(seed, `label/${itemKey(item)}`) }))
    .sort((a, b) => (a.draw < b.draw ? -1 : a.draw > b.draw ? 1 : 0))
    .map(({ item }) => item);
}
