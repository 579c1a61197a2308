import { SHINGLE } from './text.ts';

/** The distinct word 5-grams of one row, rarest first once `orderByRarity` has run. */
export type Shingles = Float64Array;

/** Turns words into sets of hashed 5-grams; equal words share a number over all rows of one call. */
export function createShingler(): (words: readonly string[]) => Shingles {
  const numbers = new Map<string, number>();
  const numberOf = (word: string): number => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, numbers.size + 1);
    return numbers.size;
  };
  return (words) => {
    const ids = words.map(numberOf);
    const grams = new Set<number>();
    for (let start = 0; start + SHINGLE <= ids.length; start += 1) grams.add(hash(ids, start));
    return Float64Array.from(grams);
  };
}

/** Orders every set by how few rows hold a gram, so that a short prefix tells apart most rows. */
export function orderByRarity(sets: readonly Shingles[]): void {
  const counts = new Map<number, number>();
  for (const set of sets) for (const gram of set) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  for (const set of sets) set.sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || a - b);
}

/** |a and b| / |a or b| of two sets. */
export function jaccard(a: ReadonlySet<number>, b: Shingles): number {
  let shared = 0;
  for (const gram of b) if (a.has(gram)) shared += 1;
  return shared / (a.size + b.length - shared);
}

/** 53 bits of two multiplicative hashes: a chance collision among a million grams is below 1e-4. */
function hash(ids: readonly number[], start: number): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let place = start; place < start + SHINGLE; place += 1) {
    const id = ids[place] ?? 0;
    high = Math.imul(high ^ id, 0x01000193) ^ (high >>> 15);
    low = Math.imul(low + id, 0xc2b2ae35) ^ (low >>> 13);
  }
  return (high >>> 0) * 2097152 + (low >>> 11);
}
