import type { CycleReport, JudgeReport } from '../../contracts/report.ts';
import { count, decimal, percent, points, range } from '../terminal/figures.ts';
import { type Block, list, type Section, table, text } from './blocks.ts';

type Agreement = JudgeReport['base'];

/** Agreement of the judge with people before and after alignment, beside what people reach among themselves. */
export function judgeSection({ judge, labels }: CycleReport): Section {
  if (judge === null)
    return { title: 'Judge', blocks: [text('The judge was not compared with people.')] };
  return {
    title: 'Judge: agreement with people',
    blocks: [
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
        [
          agreementRow('before alignment', judge.base),
          ...(judge.aligned === null ? [] : [agreementRow('after alignment', judge.aligned)]),
        ],
      ),
      text(
        `${judge.adopted ? 'The aligned judge was adopted' : 'The base judge stayed (unaligned)'}: ${judge.why}`,
      ),
      ...difference(judge),
      ...ceiling(judge),
      ...(labels === null ? [] : [text(labelSentence(labels))]),
      ...memory(judge),
    ],
  };
}

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
      `Gain in accuracy ${points(found.mean)} (lower 90 % bound ${points(found.lower90)}), ${how}.`,
    ),
  ];
}

function ceiling({ ceiling: raters }: JudgeReport): readonly Block[] {
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

function memory(judge: JudgeReport): readonly Block[] {
  if (judge.guidelines.length === 0) return [];
  return [
    text(
      `Guidelines distilled from the labels (${count(judge.snapshots, 'labelled example')} kept):`,
    ),
    list(judge.guidelines.map((rule) => `${rule.text} (from ${count(rule.sources, 'label')})`)),
  ];
}
