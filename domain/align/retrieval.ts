import type { JsonObject } from '../../contracts/json.ts';
import type { JudgeMemory, Snapshot } from '../../contracts/judge.ts';
import { decodeVector } from './vector.ts';

/** A memory with its vectors decoded, once for all verdicts of a process. */
export type Prepared = {
  readonly memory: JudgeMemory;
  readonly guidelines: readonly string[];
  /** Row i is the vector of snapshot i. */
  readonly matrix: Float32Array;
};

/** What one verdict is shown, and the ids that its assessment records. */
export type Shown = {
  readonly guidelines: readonly string[];
  /** Nearest first. */
  readonly examples: readonly Snapshot[];
  readonly evidence: JsonObject;
};

/** Neighbours among which a value that is not yet shown is looked for, as a multiple of those shown. */
const NEAR = 4;

/** Decodes the vectors. RangeError where one does not have the memory's dimension. */
export function prepareMemory(memory: JudgeMemory): Prepared {
  const { dimension } = memory.embedding;
  const matrix = new Float32Array(memory.snapshots.length * dimension);
  memory.snapshots.forEach(({ id }, row) =>
    decodeVector(memory.vectors[id] ?? '', { into: matrix, at: row * dimension, dimension }),
  );
  return { memory, guidelines: memory.guidelines.map(({ text }) => text), matrix };
}

/**
 * All guidelines and the k nearest snapshots by cosine (`vector` has unit length). At least half of the k are simply the
 * nearest; the rest go first to values that are not among these but among the 4 k nearest. Equal cosines: by item.
 */
export function shownFor(prepared: Prepared, vector: Float32Array): Shown {
  const { memory } = prepared;
  const near = nearest(prepared, vector);
  const k = Math.min(memory.shown, near.length);
  const chosen = new Set(near.slice(0, Math.ceil(k / 2)));
  const values = new Set([...chosen].map(({ value }) => value));
  for (const snapshot of near) {
    if (chosen.size >= k || values.has(snapshot.value)) continue;
    chosen.add(snapshot);
    values.add(snapshot.value);
  }
  for (const snapshot of near) if (chosen.size < k) chosen.add(snapshot);
  const examples = near.filter((snapshot) => chosen.has(snapshot));
  return {
    guidelines: prepared.guidelines,
    examples,
    evidence: {
      guidelines: memory.guidelines.map(({ id }) => id),
      snapshots: examples.map(({ id }) => id),
    },
  };
}

/** The 4 k nearest snapshots, nearest first. */
function nearest({ memory, matrix }: Prepared, vector: Float32Array): readonly Snapshot[] {
  const { dimension } = memory.embedding;
  if (memory.shown === 0 || memory.snapshots.length === 0) return [];
  if (vector.length !== dimension)
    throw new RangeError(
      `a vector of ${vector.length} numbers was given to a memory of dimension ${dimension} (${memory.embedding.model})`,
    );
  return memory.snapshots
    .map((snapshot, row) => ({ snapshot, row, cosine: dot(matrix, vector, row * dimension) }))
    .sort((a, b) => b.cosine - a.cosine || a.row - b.row)
    .slice(0, NEAR * memory.shown)
    .map(({ snapshot }) => snapshot);
}

function dot(matrix: Float32Array, vector: Float32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += matrix[from + i]! * vector[i]!;
  return sum;
}
