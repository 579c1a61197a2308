import type { JudgeMemory, Snapshot, SnapshotLabel } from '../../contracts/judge.ts';
import type { ValueType } from '../../contracts/value.ts';
import { consensusOf } from '../label/consensus.ts';
import { unalign } from './memory.ts';

export type Unaligned = {
  readonly memory: JudgeMemory;
  readonly labels: number;
  /** Items that are gone: no label is left, or those left do not agree on the value that was learned. */
  readonly items: readonly string[];
  /** Texts of guidelines that rested on them alone. */
  readonly guidelines: readonly string[];
};

/**
 * The memory without the labels that are withdrawn. An item keeps its place while its other labels still say the value that was
 * learned; else it goes, and with it every guideline that rested on such items alone. No model is asked.
 */
export function withdraw(
  memory: JudgeMemory,
  type: ValueType,
  withdrawn: (label: SnapshotLabel) => boolean,
): Unaligned {
  const after = memory.snapshots.map((snapshot) => ({
    snapshot,
    left: labelsOf(snapshot).filter((label) => !withdrawn(label)),
  }));
  const gone = after.filter(({ snapshot, left }) => !stands(snapshot, left, type));
  const items = gone.map(({ snapshot }) => snapshot.item);
  const smaller = unalign(memory, new Set(items));
  const leftOf = new Map(after.map(({ snapshot, left }) => [snapshot.id, left]));
  const kept = new Set(smaller.guidelines.map(({ id }) => id));
  return {
    memory: {
      ...smaller,
      snapshots: smaller.snapshots.map((snapshot) => only(snapshot, leftOf.get(snapshot.id)!)),
    },
    labels: after.reduce(
      (sum, { snapshot, left }) => sum + labelsOf(snapshot).length - left.length,
      0,
    ),
    items,
    guidelines: memory.guidelines.filter(({ id }) => !kept.has(id)).map(({ text }) => text),
  };
}

/** Versions made before labels were kept know the raters who gave a reason, and the value. */
const labelsOf = ({ labels, item, rationales, value }: Snapshot): readonly SnapshotLabel[] =>
  labels ??
  (rationales.length > 0 ? rationales : [{ rater: '' }]).map(({ rater }) => ({
    id: '',
    item,
    trace: null,
    rater,
    value,
  }));

function stands(snapshot: Snapshot, left: readonly SnapshotLabel[], type: ValueType): boolean {
  if (left.length === labelsOf(snapshot).length) return true;
  const found = consensusOf(left, type);
  return found?.kind === 'value' && found.value === snapshot.value;
}

function only(snapshot: Snapshot, left: readonly SnapshotLabel[]): Snapshot {
  if (left.length === labelsOf(snapshot).length) return snapshot;
  const raters = new Set(left.map(({ rater }) => rater));
  return {
    ...snapshot,
    rationales: snapshot.rationales.filter(({ rater }) => raters.has(rater)),
    ...(snapshot.labels && { labels: left }),
  };
}
