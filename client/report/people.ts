import type { GateReport, PeopleReport } from '../../contracts/report.ts';
import { percent, points, pointsRange } from '../terminal/figures.ts';
import { type Block, table, text } from './blocks.ts';

/** What people, blind to the arm, said of the outputs: the difference three ways, and the judge's errors by arm. */
export function peopleBlocks({ people }: Pick<GateReport, 'people'>): readonly Block[] {
  if (people === undefined) return [];
  const { raw, corrected, roganGladen, labelled, clusters } = people;
  return [
    text(
      `Checked by people, blind to the arm: both outputs of ${labelled} examples, ${clusters} conversations in full.`,
    ),
    table(
      ['difference', 'finalist - incumbent', '95 % interval'],
      [
        ['by people alone', points(raw?.mean ?? null), pointsRange(raw?.interval ?? null)],
        [
          "with the judge's scores of the rest (PPI++)",
          points(corrected?.mean ?? null),
          pointsRange(corrected?.interval ?? null),
        ],
        [
          "pass rates corrected by each arm's errors (Rogan-Gladen)",
          points(roganGladen),
          'none is given',
        ],
      ],
    ),
    table(
      ['judge against people', 'true positives', 'true negatives'],
      (['incumbent', 'finalist'] as const).map((arm) => rateRow(arm, people)),
    ),
  ];
}

const rateRow = (arm: 'incumbent' | 'finalist', { rates }: PeopleReport): readonly string[] => [
  `outputs of the ${arm}`,
  percent(rates[arm]?.truePositive ?? null),
  percent(rates[arm]?.trueNegative ?? null),
];
