import type { Alignment } from './alignment.ts';

/** Loaded alignments by project and name. What an alignment works on is frozen, so each process reads it once. */
export type Alignments = (key: string, load: () => Promise<Alignment>) => Promise<Alignment>;

const MOST = 4;

/** Keeps the four used last; a failed load is not kept. */
export function createAlignments(): Alignments {
  const kept = new Map<string, Promise<Alignment>>();
  return (key, load) => {
    const found = kept.get(key) ?? load();
    kept.delete(key);
    kept.set(key, found);
    found.catch(() => kept.delete(key));
    if (kept.size > MOST) kept.delete(kept.keys().next().value!);
    return found;
  };
}
