import type { Example } from '../../contracts/example.ts';

/** A row that names another conversation than the row it would replace. */
export type Moved = { readonly id: string; readonly from: string; readonly to: string };

/** Without a conversation of its own a row's conversation is its hash. */
const ownConversation = (row: Example): string | null =>
  row.conversation === row.hash ? null : row.conversation;

/**
 * The rows with others merged in: one whose id is there takes its place and stays in its conversation, the others follow at the end.
 * Those that name another conversation are listed: a row keeps the one it had first, and its part with it.
 */
export function mergeRows(
  before: readonly Example[],
  incoming: readonly Example[],
): { readonly rows: readonly Example[]; readonly moved: readonly Moved[] } {
  const wanted = new Map(incoming.map((row) => [row.id, row]));
  const known = new Map(before.map((row) => [row.id, row]));
  const moved = incoming.flatMap((row) => {
    const from = known.get(row.id)?.conversation;
    const to = ownConversation(row);
    return from === undefined || to === null || to === from ? [] : [{ id: row.id, from, to }];
  });
  const replaced = before.map((row): Example => {
    const by = wanted.get(row.id);
    return by === undefined ? row : { ...by, conversation: row.conversation };
  });
  return { rows: [...replaced, ...incoming.filter((row) => !known.has(row.id))], moved };
}
