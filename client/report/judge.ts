import type { CycleReport, JudgeReport } from '../../contracts/report.ts';
import { count, decimal, percent, points, range } from '../terminal/figures.ts';
import { type Block, list, type Section, table, text } from './blocks.ts';

type Agreement = JudgeReport['base'];

/** Agreement of the judge with people before and after alignment, beside what people reach among themselves. */
export function judgeSection({ judge, labels }: Pick<CycleReport, 'judge' | 'labels'>): Section {
  if (judge === null)
    return { title: 'Judge', blocks: [text('The judge was not compared with people.')] };
  const { aligned } = judge;
  const standing = judge.adopted && aligned !== null ? aligned : judge.base;
  return {
    title: 'Judge: agreement with people',
    blocks: [
      agreementTable({
        'before alignment': judge.base,
        ...(aligned !== null && { 'after alignment': aligned }),
      }),
      text(
        `${judge.adopted ? 'The aligned judge was adopted' : 'The base judge stayed (unaligned)'}: ${judge.why}`,
      ),
      ...difference(judge),
      ...confusion(standing, judge.adopted ? 'after alignment' : 'before alignment'),
      ...ceilingTable(judge.ceiling),
      ...(labels === null ? [] : [text(labelSentence(labels))]),
      ...alignmentBlocks(judge),
      ...memory(judge),
    ],
  };
}

/** Judges by name, a row each. */
export const agreementTable = (judges: Readonly<Record<string, Agreement>>): Block =>
  table(
    [
      'judge',
      'accuracy',
      '95 % interval',
      'kappa',
      'interval',
      'sensitivity',
      'specificity',
      'items',
    ],
    Object.entries(judges).map(([name, figures]) => agreementRow(name, figures)),
  );

const agreementRow = (name: string, figures: Agreement): readonly string[] => [
  name,
  percent(figures.accuracy),
  range(figures.accuracyInterval),
  decimal(figures.kappa),
  figures.kappaInterval === null
    ? 'no interval'
    : `${decimal(figures.kappaInterval.low)} to ${decimal(figures.kappaInterval.high)}`,
  percent(figures.truePositiveRate),
  percent(figures.trueNegativeRate),
  String(figures.n),
];

function difference({ difference: found, method }: JudgeReport): readonly Block[] {
  if (found === null) return [];
  const how =
    method === 'held-out'
      ? 'on labels that alignment never saw'
      : 'cross-fitted in five folds over all labels';
  return [
    text(
      `Gain in accuracy ${points(found.mean)} (95 % interval ${range(found.interval)}, lower 90 % bound ${points(found.lower90)}), ${how}.`,
    ),
  ];
}

/** Counts by people's value (rows) and judge's value (columns). */
export function confusion({ confusion: counts }: Agreement, name: string): readonly Block[] {
  const values = Object.keys(counts);
  if (values.length === 0) return [];
  return [
    table(
      [`people, and the judge ${name}`, ...values],
      values.map((person) => [
        person,
        ...values.map((judge) => String(counts[person]?.[judge] ?? 0)),
      ]),
    ),
  ];
}

/** Each rater beside the judge, against the other raters on the same items; only where raters share items. */
export function ceilingTable(all: JudgeReport['ceiling']): readonly Block[] {
  const raters = all.filter(({ n }) => n > 0);
  if (raters.length === 0) return [];
  return [
    table(
      ['rater', 'agrees with the others', 'judge agrees with the others', 'items'],
      raters.map((row) => [
        row.rater,
        percent(row.accuracy),
        percent(row.judgeAccuracy),
        String(row.n),
      ]),
    ),
  ];
}

function labelSentence(labels: NonNullable<CycleReport['labels']>): string {
  return (
    `${count(labels.labels, 'label')} by ${count(labels.raters, 'rater')} on ${count(labels.items, 'item')}: ` +
    `${labels.consensus} with a consensus, ${labels.contested} contested.`
  );
}

/** What alignment could not use, and where its rules contradict each other. */
function alignmentBlocks({ alignment }: JudgeReport): readonly Block[] {
  if (alignment === undefined) return [];
  const { contradictions, leftOut, notes, dropped } = alignment;
  const unused = Object.entries(dropped).filter(([, n]) => n > 0);
  return [
    ...(notes.length > 0 ? [list(notes)] : []),
    ...(leftOut.length > 0
      ? [text('Left out of the lesson:'), list(leftOut.map(leftOutLine))]
      : []),
    ...(contradictions.length > 0
      ? [
          text('Guidelines that contradict each other; people should say which holds:'),
          list(contradictions.map(({ a, b, why }) => `"${a}" against "${b}": ${why}`)),
        ]
      : []),
    ...(unused.length > 0
      ? [
          text(
            `Rules not used: ${unused.map(([why, n]) => `${DROPPED[why] ?? why} ${n}`).join(', ')}.`,
          ),
        ]
      : []),
  ];
}

const DROPPED: Readonly<Record<string, string>> = {
  withoutSource: 'without a usable source',
  unusableText: 'empty or too long',
  unfounded: 'made up in consolidation',
  overLimit: 'too many to consolidate',
  overCap: 'above the cap',
};

/** `contested items ...: 3 (a, b, c)`. */
export const leftOutLine = ({
  reason,
  n,
  items,
}: {
  readonly reason: string;
  readonly n: number;
  readonly items: readonly string[];
}): string =>
  `${reason}: ${n} (${items
    .slice(0, 3)
    .map((item) => item.split('#')[0])
    .join(', ')}${n > 3 ? ', ...' : ''})`;

function memory(judge: JudgeReport): readonly Block[] {
  const { alignment } = judge;
  if (judge.guidelines.length === 0)
    return alignment?.outcome === 'no-guidelines'
      ? [text(`No guidelines; ${count(judge.snapshots, 'labelled example')} kept.`)]
      : [];
  return [
    text(
      `Guidelines distilled from the labels (${count(judge.snapshots, 'labelled example')} kept):`,
    ),
    list(judge.guidelines.map((rule) => `${rule.text} (from ${count(rule.sources, 'label')})`)),
  ];
}
