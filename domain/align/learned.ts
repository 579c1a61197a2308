import type { JudgeMemory } from '../../contracts/judge.ts';
import { itemKey } from '../label/consensus.ts';
import { unalign } from './memory.ts';
import type { LabelledItem } from './snapshot.ts';

type Placed = Pick<LabelledItem, 'example' | 'outputHash' | 'conversation'>;

/** Tells the items that stand in one of some memories, themselves or by their conversation: judges with those have seen people's answer. */
export function learnedBy(memories: readonly (JudgeMemory | null)[]): (item: Placed) => boolean {
  const learned = new Set(
    memories.flatMap((memory) =>
      (memory?.snapshots ?? []).flatMap(({ item, conversation }) => [item, conversation]),
    ),
  );
  return (item) => learned.has(itemKey(item)) || learned.has(item.conversation);
}

/**
 * The memory without all that it learned of some items or of their conversations; null where nothing is left. Guidelines that rest
 * on other cases too stay as they are, though what is taken away had a part in their words: of that the memory is not rid.
 */
export function memoryWithout(memory: JudgeMemory, items: readonly Placed[]): JudgeMemory | null {
  const names = new Set(items.map(itemKey));
  const conversations = new Set(items.map(({ conversation }) => conversation));
  const known = memory.snapshots.filter(
    ({ item, conversation }) => names.has(item) || conversations.has(conversation),
  );
  const left = unalign(memory, new Set(known.map(({ item }) => item)));
  return left.snapshots.length === 0 ? null : left;
}
