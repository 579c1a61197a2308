import type { Snapshot } from '../../contracts/judge.ts';
import { exampleOf, tokensOf } from './distill-prompt.ts';

/** Most snapshots of one distillation, and texts of one embedding request. */
export const MOST_DISTILLED = 50;
export const MOST_EMBEDDED = 200;

/** Tokens of the model's input limit that are kept free for the system text and the reply. */
const RESERVE = 5_000;

/** No example takes more of a batch than this: the longest would crowd out the others. */
const MOST_EXAMPLE = 4_000;

/** Tokens that the examples of one request may take. RangeError when the model's limit leaves too few. */
export function batchTokens(inputLimitTokens: number): number {
  const tokens = inputLimitTokens - RESERVE;
  if (!(tokens >= 1_000))
    throw new RangeError(
      `an input limit of ${inputLimitTokens} tokens is too small to distil from; use a reflection model with at least ${RESERVE + 1_000}`,
    );
  return tokens;
}

/** Tokens that one example may take in a batch of that size. */
export function exampleBudget(inputLimitTokens: number): number {
  return Math.min(MOST_EXAMPLE, batchTokens(inputLimitTokens));
}

/**
 * Batches of at most 50 snapshots within the token limit, in order of their items. Given the batches of an earlier alignment (as
 * items), members stay where they were, so that a batch without a change is the same request again; new items fill up the last
 * batches.
 */
export function distillBatches(of: {
  readonly snapshots: readonly Snapshot[];
  readonly inputLimitTokens: number;
  readonly previous?: readonly (readonly string[])[];
}): readonly (readonly Snapshot[])[] {
  const limit = batchTokens(of.inputLimitTokens);
  const budget = exampleBudget(of.inputLimitTokens);
  const open = new Map(
    of.snapshots.map((snapshot) => [
      snapshot.item + snapshot.id,
      { snapshot, tokens: tokensOf(exampleOf(snapshot, budget)) },
    ]),
  );
  const batches: Batch[] = [];
  const put = (batch: Batch, key: string): boolean => {
    const { snapshot, tokens } = open.get(key)!;
    if (batch.members.length >= MOST_DISTILLED || batch.tokens + tokens > limit) return false;
    batch.members.push(snapshot);
    batch.tokens += tokens;
    return open.delete(key);
  };
  for (const items of of.previous ?? []) {
    const wanted = new Set(items);
    const batch: Batch = { members: [], tokens: 0 };
    for (const [key, { snapshot }] of open) if (wanted.has(snapshot.item)) put(batch, key);
    if (batch.members.length > 0) batches.push(batch);
  }
  for (const key of [...open.keys()].sort()) {
    const last = batches.at(-1);
    if (last !== undefined && put(last, key)) continue;
    const next: Batch = { members: [], tokens: 0 };
    batches.push(next);
    put(next, key);
  }
  return batches.map(({ members }) =>
    members.sort((a, b) => order(a.item, b.item) || order(a.id, b.id)),
  );
}

type Batch = { readonly members: Snapshot[]; tokens: number };

/** The list in pieces of at most `size`. */
export function pieces<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
