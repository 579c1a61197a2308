import type { AlignmentReport } from '../../contracts/report.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import type { AlignInput, LeftOut } from './align-input.ts';
import { settledOf } from './snapshot.ts';

/** Names of items that one reason gives at most. */
const NAMED = 10;

/** An item of the agreement figures. */
export type TestedBase = {
  /** The base judge has it in its memory, or another case of its conversation. */
  readonly known: boolean;
  /** What it said of the item, without that memory where it has it; null where it was not measured on it. */
  readonly base: Value | null;
};

/** What is to be said of an alignment beside its figures: what was left out, what contradicts, and what the labels cannot teach. */
export function alignmentFacts(
  of: Pick<
    AlignmentReport,
    'aligner' | 'base' | 'judge' | 'outcome' | 'contradictions' | 'dropped'
  > & {
    readonly input: AlignInput;
    readonly type: ValueType;
    readonly tested: readonly TestedBase[];
  },
): AlignmentReport {
  const { input, type, tested, ...known } = of;
  return {
    ...known,
    labels: input.items.reduce((sum, { labels }) => sum + labels.length, 0),
    items: input.items.length,
    leftOut: leftOutOf(input.leftOut),
    notes: [...notesOf(input, type), ...familiar(tested)],
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
function familiar(tested: readonly TestedBase[]): string[] {
  const known = tested.filter((item) => item.known);
  if (known.length === 0) return [];
  const measured = known.filter(({ base }) => base !== null).length;
  return [
    `${known.length} of ${tested.length} tested items are of conversations that the base judge has in its memory; ${howMeasured(measured, known.length)}`,
  ];
}

function howMeasured(measured: number, known: number): string {
  if (measured === 0) return 'it was not measured on them';
  const without = 'without what it remembers of them';
  return measured === known
    ? `it was measured on them ${without}`
    : `it was measured on ${measured} of them ${without}, and not on the others`;
}
