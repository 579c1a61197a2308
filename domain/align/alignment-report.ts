import type { JudgeMemory } from '../../contracts/judge.ts';
import type { AlignmentReport } from '../../contracts/report.ts';
import type { ValueType } from '../../contracts/value.ts';
import type { AlignInput, LeftOut } from './align-input.ts';
import { itemKey } from '../label/consensus.ts';
import { learnedBy } from './learned.ts';
import { settledOf } from './snapshot.ts';

/** Names of items that one reason gives at most. */
const NAMED = 10;

/** What is to be said of an alignment beside its figures: what was left out, what contradicts, and what the labels cannot teach. */
export function alignmentFacts(
  of: Pick<
    AlignmentReport,
    'aligner' | 'base' | 'judge' | 'outcome' | 'contradictions' | 'dropped'
  > & {
    readonly input: AlignInput;
    readonly type: ValueType;
    /** What the base judge remembers of earlier labels. */
    readonly memory: JudgeMemory | null;
  },
): AlignmentReport {
  const { input, type, memory, ...known } = of;
  return {
    ...known,
    labels: input.items.reduce((sum, { labels }) => sum + labels.length, 0),
    items: input.items.length,
    leftOut: leftOutOf(input.leftOut),
    notes: [...notesOf(input, type), ...familiar(input, memory)],
  };
}

/** With how many there are, and the first of them. */
export const leftOutOf = (all: readonly LeftOut[]): AlignmentReport['leftOut'] =>
  all.map(({ reason, items }) => ({ reason, n: items.length, items: items.slice(0, NAMED) }));

function notesOf({ items, engines }: AlignInput, type: ValueType): string[] {
  const values = new Set(
    items.flatMap((item) => {
      const found = settledOf(item, type);
      return found?.kind === 'value' ? [found.value] : [];
    }),
  );
  const reasons = items.flatMap(({ labels }) =>
    labels.filter(({ rationale }) => (rationale ?? '').trim() !== ''),
  ).length;
  const labels = items.reduce((sum, item) => sum + item.labels.length, 0);
  const tested = Object.values(engines).some(({ test }) => test.length > 0);
  return [
    ...(values.size === 1
      ? [
          `all labels have the value ${JSON.stringify([...values][0])}: agreement beyond chance (kappa) tells nothing`,
        ]
      : []),
    ...(labels > 0 && reasons < labels
      ? [`${labels - reasons} of ${labels} labels give no reason: only their values teach`]
      : []),
    ...(tested ? [] : ['there is no item to test on that was not learned from']),
  ];
}

/** A base judge of an earlier alignment may know people's answers to what it is tested on. */
function familiar({ items, engines }: AlignInput, memory: JudgeMemory | null): string[] {
  const tests = new Set(Object.values(engines).flatMap(({ test }) => test));
  const tested = items.filter((item) => tests.has(itemKey(item)));
  const seen = tested.filter(learnedBy([memory])).length;
  if (seen === 0) return [];
  return [
    `${seen} of ${tested.length} tested items are of conversations that the base judge has in its memory: its figures flatter it`,
  ];
}
