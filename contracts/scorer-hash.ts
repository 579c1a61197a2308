import { hashJson } from './hash.ts';
import type { Json } from './json.ts';
import type { JudgeMemory } from './judge.ts';
import type { ScorerDefinition } from './scorer.ts';

/**
 * Hash of a scorer: its definition, and its memory without the ids of the labels it came from. They are drawn anew in every database, and
 * equal content is the same judge.
 */
export function scorerHash(definition: ScorerDefinition, memory: JudgeMemory | null): string {
  const content = memory && {
    ...memory,
    snapshots: memory.snapshots.map(({ labels: _ids, ...snapshot }) => snapshot),
  };
  return hashJson({ definition, memory: content } as unknown as Json);
}
