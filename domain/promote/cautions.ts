import type { CycleReport } from '../../contracts/report.ts';

/** What a reader must know before any figure of a cycle, as far as its claims do not say it already. */
export function cautions(
  report: Pick<CycleReport, 'claims' | 'practiceModel' | 'scriptedReviewer'>,
): readonly string[] {
  const told = (words: RegExp): boolean => report.claims.some((claim) => words.test(claim));
  return [
    ...(report.practiceModel && !told(/practice model/i)
      ? ['The practice model was in use: no claim about quality rests on these figures.']
      : []),
    ...(report.scriptedReviewer && !told(/scripted reviewer/i)
      ? ['The labels came from a scripted reviewer, not from people.']
      : []),
  ];
}
