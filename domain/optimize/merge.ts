import type { Random } from '../random.ts';

export type Components = Readonly<Record<string, string>>;

/** [i, j, ancestor] of every merge made. */
export type AncestorLog = readonly [number, number, number];
/** [i, j, source program of each component in ascending name order] of every merge composed. */
export type MergeDescription = readonly [number, number, readonly number[]];

export type MergeSearch = {
  readonly random: Random;
  /** The programs that survive pruning, ascending. */
  readonly offered: readonly number[];
  readonly candidates: readonly Components[];
  /** Pool indexes of the parents of each program; empty for a seed. */
  readonly parents: readonly (readonly number[])[];
  readonly scores: readonly number[];
  readonly performed: readonly AncestorLog[];
  readonly descriptions: readonly MergeDescription[];
  /** Whether two programs share enough scored validation examples. */
  readonly overlaps: (i: number, j: number) => boolean;
  /** Draw uniformly when all weights are 0; otherwise that raises RangeError, as in the reference. */
  readonly evenAncestors: boolean;
};

export type MergeFound = {
  readonly i: number;
  readonly j: number;
  readonly ancestor: number;
  readonly components: Components;
  readonly description: MergeDescription;
};

const ATTEMPTS = 10;

/** Two programs and a common ancestor whose changes can be combined, or null after 10 x 10 draws (gepa proposer/merge.py). */
export function searchMerge(search: MergeSearch): MergeFound | null {
  if (search.offered.length < 2 || search.parents.length < 3) return null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const triplet = drawTriplet(search);
    if (triplet === null) continue;
    const found = compose(search, triplet);
    if (search.descriptions.some((known) => String(known) === String(found.description))) continue;
    if (search.overlaps(found.i, found.j)) return found;
  }
  return null;
}

type Triplet = { readonly i: number; readonly j: number; readonly ancestor: number };

function drawTriplet(search: MergeSearch): Triplet | null {
  const { random, scores, evenAncestors } = search;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [i, j] = random.sample(search.offered, 2).sort((a, b) => a - b) as [number, number];
    const ofI = ancestorsOf(i, search.parents);
    const ofJ = ancestorsOf(j, search.parents);
    if (ofI.has(j) || ofJ.has(i)) continue;
    const common = [...ofI]
      .filter((ancestor) => ofJ.has(ancestor) && usable(search, { i, j, ancestor }))
      .sort((a, b) => a - b);
    if (common.length === 0) continue;
    const weights = common.map((ancestor) => scores[ancestor]!);
    const even = evenAncestors && !(weights.every((w) => w >= 0) && weights.some((w) => w > 0));
    return { i, j, ancestor: random.choices(common, even ? {} : { weights })[0]! };
  }
  return null;
}

function usable(search: MergeSearch, { i, j, ancestor }: Triplet): boolean {
  const { scores, candidates, performed } = search;
  if (performed.some((done) => done[0] === i && done[1] === j && done[2] === ancestor))
    return false;
  if (scores[ancestor]! > scores[i]! || scores[ancestor]! > scores[j]!) return false;
  return Object.entries(candidates[ancestor]!).some(([name, text]) => {
    const [ofI, ofJ] = [candidates[i]![name], candidates[j]![name]];
    return ofI !== ofJ && (text === ofI || text === ofJ);
  });
}

function compose({ candidates, scores, random }: MergeSearch, triplet: Triplet): MergeFound {
  const { i, j, ancestor } = triplet;
  const higher = (): number => {
    if (scores[i] === scores[j]) return random.choice([i, j]);
    return scores[i]! > scores[j]! ? i : j;
  };
  const sources = Object.keys(candidates[ancestor]!)
    .sort()
    .map((name) => {
      const [base, ofI, ofJ] = [ancestor, i, j].map((index) => candidates[index]![name]);
      if (ofI === ofJ) return base === ofI ? { name, from: i } : { name, from: higher() };
      if (base === ofI) return { name, from: j };
      if (base === ofJ) return { name, from: i };
      return { name, from: higher() };
    });
  return {
    ...triplet,
    components: Object.fromEntries(
      sources.map(({ name, from }) => [name, candidates[from]![name]!]),
    ),
    description: [i, j, sources.map(({ from }) => from)],
  };
}

function ancestorsOf(index: number, parents: MergeSearch['parents']): Set<number> {
  const found = new Set<number>();
  const waiting = [...(parents[index] ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(parents[next] ?? []));
  }
  return found;
}

export type Subsample = {
  readonly random: Random;
  /** Positions of the examples both parents are scored on, ascending. */
  readonly shared: readonly number[];
  readonly scoreI: (position: number) => number;
  readonly scoreJ: (position: number) => number;
};

const SUBSAMPLE = 5;

/** Five validation positions to test a merge on: up to two each where i, where j and where neither is better, then any. */
export function mergeSubsample({ random, shared, scoreI, scoreJ }: Subsample): readonly number[] {
  const sign = (at: number): number => Math.sign(scoreI(at) - scoreJ(at));
  const picked: number[] = [];
  for (const side of [1, -1, 0]) {
    const bucket = shared.filter((at) => sign(at) === side);
    const take = Math.min(bucket.length, Math.ceil(SUBSAMPLE / 3), SUBSAMPLE - picked.length);
    if (take > 0) picked.push(...random.sample(bucket, take));
  }
  const missing = SUBSAMPLE - picked.length;
  if (missing === 0 || shared.length === 0) return picked;
  const unused = shared.filter((at) => !picked.includes(at));
  const rest =
    unused.length >= missing
      ? random.sample(unused, missing)
      : random.choices(shared, { k: missing });
  return [...picked, ...rest];
}
