import type { CycleReport } from '../../contracts/report.ts';

/** What the report may claim, and what was not checked, in plain sentences. */
export function claimsOf(report: Omit<CycleReport, 'claims'>, why: string): string[] {
  const { judge, gate, optimize } = report;
  return [
    `The cycle ended as ${report.outcome}: ${why}.`,
    ...(judge === null ? ['The judge is unaligned: nobody compared it with people.'] : []),
    ...(judge !== null && !judge.adopted ? [`The base judge measures: ${judge.why}.`] : []),
    ...(judge !== null && judge.adopted && judge.guidelines.length === 0
      ? ['Alignment found no guidelines: the judge goes by past cases only.']
      : []),
    ...(optimize !== null && gate === null ? ['No sealed example was looked at.'] : []),
    ...(optimize !== null
      ? [
          'Validation scores chose the finalist among many, so they flatter it; only the gate counts.',
        ]
      : []),
    ...(gate === null || gate.people !== undefined
      ? []
      : [
          'People have not checked the outputs of the finalist; better means better according to the judge.',
        ]),
  ];
}
