import type { JudgeMemory } from '../../contracts/judge.ts';
import { itemKey } from '../label/consensus.ts';
import type { LabelledItem } from './snapshot.ts';

/** Tells the items that stand in one of some memories, themselves or by their conversation: judges with those have seen people's answer. */
export function learnedBy(
  memories: readonly (JudgeMemory | null)[],
): (item: Pick<LabelledItem, 'example' | 'outputHash' | 'conversation'>) => boolean {
  const learned = new Set(
    memories.flatMap((memory) =>
      (memory?.snapshots ?? []).flatMap(({ item, conversation }) => [item, conversation]),
    ),
  );
  return (item) => learned.has(itemKey(item)) || learned.has(item.conversation);
}
