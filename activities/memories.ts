import type { JudgeMemory } from '../contracts/judge.ts';
import { type Prepared, prepareMemory } from '../domain/align/retrieval.ts';

/** Decoded memories by judge hash: a process judges with few versions, thousands of times each. */
export type Memories = (hash: string, memory: JudgeMemory) => Prepared;

const MOST = 8;

/** Keeps the eight versions used last. */
export function createMemories(): Memories {
  const kept = new Map<string, Prepared>();
  return (hash, memory) => {
    const found = kept.get(hash) ?? prepareMemory(memory);
    kept.delete(hash);
    kept.set(hash, found);
    if (kept.size > MOST) kept.delete(kept.keys().next().value!);
    return found;
  };
}
