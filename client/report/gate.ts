import type { CycleReport, Estimate, GateReport } from '../../contracts/report.ts';
import { pValue } from '../../domain/figures.ts';
import { GUARDRAIL_HEADINGS, guardrailRows } from '../../domain/promote/guardrail-rows.ts';
import { count, percent, points, range } from '../terminal/figures.ts';
import { peopleBlocks } from './people.ts';
import { type Block, list, type Section, table, text } from './blocks.ts';

/** Both arms on the sealed part, the test between them, and what the verdict rests on. */
export function gateSection(report: CycleReport): Section {
  const { gate } = report;
  if (gate === null)
    return {
      title: 'Gate',
      blocks: [
        text('The cycle did not reach the gate: no sealed example was used, no look spent.'),
      ],
    };
  return {
    title: 'Gate: both arms on the sealed part',
    blocks: [
      table(armHeadings('examples'), [
        armRow('incumbent', gate.incumbent),
        armRow('finalist', gate.finalist),
      ]),
      text(`${testSentence(gate)}, look ${gate.look}, ${count(gate.trials, 'trial')} an example.`),
      ...guardrailTable(gate),
      ...peopleBlocks(gate),
      ...clustersNeeded(gate),
      ...remarks(report, gate),
    ],
  };
}

export const armHeadings = (unit: string): readonly string[] => [
  'arm',
  'score',
  '95 % interval',
  unit,
  'not measured',
  'failed',
];

export const armRow = (arm: string, estimate: Estimate): readonly string[] => [
  arm,
  percent(estimate.mean),
  range(estimate.interval),
  `${estimate.n} in ${count(estimate.clusters, 'conversation')}`,
  String(estimate.missing),
  String(estimate.failed),
];

/** The difference and the test of it; without its full stop. */
export function testSentence(
  gate: Pick<GateReport, 'estimate' | 'alpha' | 'lower' | 'upper' | 'margin' | 'p'>,
): string {
  return (
    `Difference ${points(gate.estimate)} (one-sided bounds at level ${gate.alpha}: ` +
    `${points(gate.lower)} and ${points(gate.upper)}; margin ${points(gate.margin)}), ` +
    `p ${pValue(gate.p)}`
  );
}

export const guardrailTable = (gate: Pick<GateReport, 'guardrails'>): readonly Block[] =>
  gate.guardrails.length === 0 ? [] : [table(GUARDRAIL_HEADINGS, guardrailRows(gate))];

export function clustersNeeded({
  clustersNeeded: needed,
  verdict,
}: Pick<GateReport, 'clustersNeeded' | 'verdict'>): readonly Block[] {
  if (verdict !== 'inconclusive' || needed === null || needed.observed === null) return [];
  const cautious = needed.cautious === null ? '' : ` (cautiously ${needed.cautious})`;
  return [text(`${needed.observed} conversations${cautious} would decide.`)];
}

/** What the claims above have said already is not said again. */
function remarks({ claims }: CycleReport, { reasons, notes }: GateReport): readonly Block[] {
  const fresh = [...reasons, ...notes].filter(
    (remark) => !claims.some((claim) => claim.includes(remark)),
  );
  return fresh.length > 0 ? [list(fresh)] : [];
}
