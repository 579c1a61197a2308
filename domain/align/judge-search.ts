import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { Value } from '../../contracts/value.ts';
import { itemKey } from '../label/consensus.ts';
import { drawOf } from '../promote/draw.ts';
import type { TestedItem } from './align-input.ts';
import { closeness } from '../statistics/closeness.ts';
import { reasonsFor, settledOf } from './snapshot.ts';

/** The one component of a candidate judge. */
export const INSTRUCTIONS = 'instructions';

/** An item that people have settled, as a search for better instructions uses it: at most one for each row. */
export type SearchItem = { readonly item: TestedItem; readonly value: Value };

/** Items by row id: those that people agree on or decided, of several outputs of one row the first. */
export function searchItems(
  definition: JudgeDefinition,
  items: readonly TestedItem[],
): ReadonlyMap<string, SearchItem> {
  const found = new Map<string, SearchItem>();
  for (const item of items.toSorted((a, b) => (itemKey(a) < itemKey(b) ? -1 : 1))) {
    const settled = settledOf(item, definition.value);
    if (settled?.kind === 'value' && !found.has(item.example))
      found.set(item.example, { item, value: settled.value });
  }
  return found;
}

/** Row ids in two halves by conversation, to reflect on and to choose by. */
export function halves(
  items: ReadonlyMap<string, SearchItem>,
  salt: string,
): { readonly train: readonly string[]; readonly validation: readonly string[] } {
  const conversations = [...new Set([...items.values()].map(({ item }) => item.conversation))]
    .map((key) => ({ key, draw: drawOf(salt, `half/${key}`) }))
    .sort((a, b) => (a.draw < b.draw ? -1 : 1))
    .map(({ key }) => key);
  const first = new Set(conversations.slice(0, Math.floor(conversations.length / 2)));
  const ids = (train: boolean): string[] =>
    [...items].filter(([, { item }]) => first.has(item.conversation) === train).map(([id]) => id);
  return { train: ids(true), validation: ids(false) };
}

/** What a verdict scores against people, and what a reflection is told of it: their value first, then their reasons. */
export function scoreVerdict(
  definition: JudgeDefinition,
  { item, value }: SearchItem,
  said: Value,
): { readonly score: number; readonly feedback: string } {
  const score = closeness(definition.value, [value, said]);
  const reasons = reasonsFor(item, value).map(({ text }) => text.trim());
  const lead =
    score === 1
      ? `People agree: the value is ${JSON.stringify(value)}.`
      : `The judge said ${JSON.stringify(said)}; people say ${JSON.stringify(value)}.`;
  return { score, feedback: [lead, ...reasons].join('\n') };
}
