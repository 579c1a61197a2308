import type { JudgeMemory } from '../../contracts/judge.ts';
import { type Prepared, prepareMemory } from '../../domain/align/retrieval.ts';
import { keepRecent } from '../recent.ts';

/** Decoded memories by judge hash: a process judges with few versions, thousands of times each. */
export type Memories = (hash: string, memory: JudgeMemory) => Prepared;

const MOST = 8;

export function createMemories(): Memories {
  const kept = keepRecent<Prepared>(MOST);
  return (hash, memory) => kept(hash, () => prepareMemory(memory));
}
