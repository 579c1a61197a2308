import { overlap } from '../overlap.ts';
import { words } from '../promote/text.ts';
import type { Candidate } from './select.ts';

/** Those whose judge disagrees with itself most come first; what is not known comes last, equals keep their order. */
export function byUncertainty<T extends Candidate>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (b.spread ?? -1) - (a.spread ?? -1));
}

/**
 * `size` items that differ most in their words: farthest-first traversal (Gonzalez 1985) from the first item, each next one the
 * farthest from all before it; equals keep their order.
 */
export function byDiversity<T extends Candidate>(items: readonly T[], size: number): readonly T[] {
  const rest = items.map((item) => ({
    item,
    words: new Set(words(item.text ?? '')),
    nearest: Infinity,
  }));
  const chosen: T[] = [];
  while (chosen.length < size && rest.length > 0) {
    const far = rest.reduce((best, at, i) => (at.nearest > rest[best]!.nearest ? i : best), 0);
    const [next] = rest.splice(far, 1);
    chosen.push(next!.item);
    for (const at of rest)
      at.nearest = Math.min(at.nearest, 1 - (overlap(at.words, next!.words) ?? 1));
  }
  return chosen;
}
