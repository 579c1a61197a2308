import type { Candidate } from './select.ts';

/** Those whose judge disagrees with itself most come first; what is not known comes last, equals keep their order. */
export function byUncertainty<T extends Candidate>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (b.spread ?? -1) - (a.spread ?? -1));
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** Share of words that two texts do not have in common (Jaccard distance). */
function distance(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : 1 - shared / all;
}

/**
 * `size` items that differ most in their words: farthest-first traversal (Gonzalez 1985) from the first item, each next one the
 * farthest from all before it; equals keep their order.
 */
export function byDiversity<T extends Candidate>(items: readonly T[], size: number): readonly T[] {
  const rest = items.map((item) => ({ item, words: wordsOf(item.text ?? ''), nearest: Infinity }));
  const chosen: T[] = [];
  while (chosen.length < size && rest.length > 0) {
    const far = rest.reduce((best, at, i) => (at.nearest > rest[best]!.nearest ? i : best), 0);
    const [next] = rest.splice(far, 1);
    chosen.push(next!.item);
    for (const at of rest) at.nearest = Math.min(at.nearest, distance(at.words, next!.words));
  }
  return chosen;
}
