import type { JudgeReport } from '../../contracts/report.ts';

/** How far the judge of the primary metric agrees with people. */
export type JudgeCheck =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'agreement';
      readonly judge: string;
      /** Lower 90 % bound of kappa (or TPR + TNR - 1); null when there were too few labels. */
      readonly lower: number | null;
      readonly labels: number;
    };

/** What the report of a cycle's judge says of the judge in use. */
export function judgeCheckOf(
  judge: string,
  report: JudgeReport | null,
): Extract<JudgeCheck, { readonly kind: 'agreement' }> {
  const measured = report?.adopted === true ? report.aligned : (report?.base ?? null);
  return {
    kind: 'agreement',
    judge,
    lower: measured?.kappaLower90 ?? null,
    labels: measured?.n ?? 0,
  };
}

/** Why the judge cannot carry the claim, or null when it can (specs/promote.md, the gate, item 5). */
export function judgeFault(check: JudgeCheck, floor: number): string | null {
  if (check.kind === 'none') return null;
  if (check.lower === null)
    return `judge ${check.judge} was not measured against people (${check.labels} labels)`;
  if (check.lower > floor) return null;
  return `judge ${check.judge}: the lower 90 % bound of its agreement with people is ${check.lower.toFixed(3)}, not above the floor ${floor}`;
}

/** What the claim rests on, in one sentence. */
export function judgeNote(check: JudgeCheck): string {
  return check.kind === 'none'
    ? `The judge was not checked: ${check.why}.`
    : `Better would mean: better according to judge ${check.judge}, not checked by people on the new outputs.`;
}
