import type { EvaluationVerdict } from '../../domain/promote/evaluation-verdict.ts';
import { count } from '../terminal/figures.ts';
import { list, type Section, table, text } from './blocks.ts';
import { armHeadings, armRow, clustersNeeded, guardrailTable, testSentence } from './gate.ts';

/** The verdict on two evaluations made elsewhere, for a person. */
export function evaluationSections(
  verdict: EvaluationVerdict,
  files: { readonly incumbent: string; readonly finalist: string },
): readonly Section[] {
  const { missing } = verdict;
  const lost = `Not measured: ${missing.incumbent.missing} of ${count(missing.incumbent.expected, 'score')} of the incumbent, ${missing.finalist.missing} of ${missing.finalist.expected} of the finalist.`;
  return [
    {
      title: `${verdict.metric}: ${files.finalist} against ${files.incumbent}`,
      blocks: [
        text(`Verdict: ${verdict.verdict}.`, TONE[verdict.verdict] ?? 'plain'),
        list(verdict.reasons),
        table(armHeadings('examples'), [
          armRow('incumbent', verdict.incumbent),
          armRow('finalist', verdict.finalist),
        ]),
        text(`${testSentence(verdict)}.`),
        text(lost),
        ...guardrailTable(verdict),
        ...clustersNeeded(verdict),
        list([...verdict.notes, 'No alias was moved.']),
      ],
    },
  ];
}

const TONE = {
  promote: 'good',
  reject: 'bad',
  inconclusive: 'plain',
  unmeasurable: 'plain',
} as const;
