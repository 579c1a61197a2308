import { itemKey } from './consensus.ts';
import { type Candidate, type Selected, selectItems } from './select.ts';

/**
 * The items of a further round: as many new ones as the first round had, at random, and those on which people have not agreed.
 * `wanted`: labels that end it by themselves, those there already counted: each new item `raters` times, each other once more.
 */
export function moreItems(of: {
  readonly candidates: readonly Candidate[];
  readonly asked: ReadonlySet<string>;
  readonly unsettled: ReadonlySet<string>;
  /** Labels there are, by item. */
  readonly given: ReadonlyMap<string, number>;
  readonly size: number;
  readonly raters: number;
  readonly seed: string;
}): { readonly items: readonly Selected[]; readonly wanted: number } {
  const fresh = selectItems(
    of.candidates.filter((item) => !of.asked.has(itemKey(item))),
    { policy: { policy: 'all', share: 1 }, method: 'held-out', seed: of.seed },
  ).slice(0, of.size);
  const open = of.candidates
    .filter((item) => of.unsettled.has(itemKey(item)))
    .map((item) => ({ ...item, weight: null, reason: 'people have not agreed on it yet' }));
  const there = open.reduce((sum, item) => sum + (of.given.get(itemKey(item)) ?? 0), 0);
  // Chosen after the first round was seen, so no weight makes their figures those of all items.
  const items = [...fresh.map((item) => ({ ...item, weight: null })), ...open];
  return { items, wanted: fresh.length * of.raters + there + open.length };
}
