import type { Guideline, JudgeMemory, Snapshot } from '../../contracts/judge.ts';
import { encodeVector } from './vector.ts';

/** A snapshot without a vector, or with one of another length: such a memory could not be searched. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly kind = 'internal';
  readonly retryable = false;
  readonly snapshot: string;

  constructor(snapshot: Snapshot, why: string) {
    super(`snapshot of ${snapshot.item}: ${why}; embed all snapshots with one model`);
    this.snapshot = snapshot.id;
  }
}

/**
 * What a judge version remembers, as a copy of its own: later changes of the arguments change nothing in it. Snapshots in
 * order of their items. `vectors` are of unit length, by snapshot id. Throws MemoryError.
 */
export function buildMemory(of: {
  readonly guidelines: readonly Guideline[];
  readonly snapshots: readonly Snapshot[];
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly embeddingModel: string;
  readonly shown: number;
}): JudgeMemory {
  const snapshots = [...of.snapshots].sort((a, b) => order(a.item, b.item) || order(a.id, b.id));
  const dimension = of.vectors.get(snapshots[0]?.id ?? '')?.length ?? 0;
  const vectors = snapshots.map((snapshot) => {
    const vector = of.vectors.get(snapshot.id);
    if (vector === undefined) throw new MemoryError(snapshot, 'it has no vector');
    if (vector.length !== dimension)
      throw new MemoryError(
        snapshot,
        `its vector has ${vector.length} numbers, others ${dimension}`,
      );
    return [snapshot.id, encodeVector(vector)] as const;
  });
  return {
    guidelines: structuredClone(of.guidelines),
    snapshots: structuredClone(snapshots),
    embedding: { model: of.embeddingModel, dimension },
    vectors: Object.fromEntries(vectors),
    shown: of.shown,
  };
}

/**
 * The memory without the items whose labels were taken back, and without every guideline that rested on them alone; other
 * guidelines keep their remaining sources.
 */
export function unalign(memory: JudgeMemory, items: ReadonlySet<string>): JudgeMemory {
  const kept = memory.snapshots.filter(({ item }) => !items.has(item));
  const ids = new Set(kept.map(({ id }) => id));
  const guidelines = memory.guidelines
    .map((rule) => ({ ...rule, sources: rule.sources.filter((id) => ids.has(id)) }))
    .filter(({ sources }) => sources.length > 0);
  return structuredClone({
    ...memory,
    guidelines,
    snapshots: kept,
    vectors: Object.fromEntries(Object.entries(memory.vectors).filter(([id]) => ids.has(id))),
  });
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
