import { createDisjoint } from './disjoint.ts';
import type { Disjoint } from './disjoint.ts';
import { createShingler, jaccard, orderByRarity } from './shingles.ts';
import type { Shingles } from './shingles.ts';
import { plain, SHINGLE, words } from './text.ts';

const THRESHOLD = 0.6;
/** Jaccard above t means that more than t / (1 + t) of all grams of both rows are shared. */
const OVERLAP = THRESHOLD / (1 + THRESHOLD);

/** A row of the conversation numbered `owner`. */
export type OwnedText = { readonly owner: number; readonly text: string };

type OwnedSet = { readonly owner: number; readonly grams: Shingles };

/**
 * Joins owners that share a near-duplicate row: word 5-gram Jaccard > 0.6 after lower-casing, or equal
 * text under five words. Prefix and position filters over an inverted index (PPJoin, Xiao et al. 2008).
 */
export function joinNearDuplicates(rows: readonly OwnedText[], owners: number): Disjoint {
  const disjoint = createDisjoint(owners);
  const shingle = createShingler();
  const firstOwner = new Map<string, number>();
  const long: OwnedSet[] = [];
  for (const { owner, text } of rows) {
    const list = words(text);
    const key = list.length === 0 ? `text ${plain(text)}` : `words ${list.join(' ')}`;
    const first = firstOwner.get(key);
    if (first !== undefined) disjoint.join(first, owner);
    else {
      firstOwner.set(key, owner);
      if (list.length >= SHINGLE) long.push({ owner, grams: shingle(list) });
    }
  }
  joinSimilar(long, disjoint);
  return disjoint;
}

/** Where a gram of an indexed row stands among its grams, rarest first. */
type Posting = { readonly row: number; readonly place: number };

function joinSimilar(unordered: readonly OwnedSet[], disjoint: Disjoint): void {
  orderByRarity(unordered.map((row) => row.grams));
  const rows = [...unordered].sort((a, b) => a.grams.length - b.grams.length);
  const index = new Map<number, Posting[]>();
  const seen = new Int32Array(rows.length).fill(-1);
  for (const [number, row] of rows.entries()) {
    const all = new Set(row.grams);
    const size = row.grams.length;
    for (let place = 0; place < probeLength(size); place += 1) {
      for (const posting of index.get(row.grams[place] ?? 0) ?? []) {
        if (seen[posting.row] === number) continue;
        seen[posting.row] = number;
        const other = rows[posting.row] ?? row;
        if (!mayReach({ size, place, other: other.grams.length, at: posting.place })) continue;
        if (disjoint.find(other.owner) === disjoint.find(row.owner)) continue;
        if (jaccard(all, other.grams) > THRESHOLD) disjoint.join(other.owner, row.owner);
      }
    }
    for (let place = 0; place < indexLength(size); place += 1)
      post(index, row.grams[place] ?? 0, { row: number, place });
  }
}

/** Rows come in order of size: a pair above the threshold shares a gram within these two prefixes. */
const probeLength = (size: number) => size - Math.ceil(THRESHOLD * size) + 1;
const indexLength = (size: number) => size - Math.ceil(OVERLAP * 2 * size) + 1;

/** Whether the grams from the first shared one onwards suffice for the threshold. */
function mayReach(pair: {
  readonly size: number;
  readonly place: number;
  readonly other: number;
  readonly at: number;
}): boolean {
  const most = Math.min(pair.size - pair.place, pair.other - pair.at);
  return most >= OVERLAP * (pair.size + pair.other);
}

function post(index: Map<number, Posting[]>, gram: number, posting: Posting): void {
  const list = index.get(gram);
  if (list === undefined) index.set(gram, [posting]);
  else list.push(posting);
}
