import { ratioEstimate } from './ratio.ts';
import { studentQuantile } from './student.ts';

/** Sums over the examples of one cluster: what people said, what the judge said, how many examples. */
export type LabelledTotal = {
  readonly person: number;
  readonly judge: number;
  readonly size: number;
};

export type JudgedTotal = Omit<LabelledTotal, 'person'>;

export type Corrected = {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly se: number;
  /** How far the judge's word is used, 0 to 1. */
  readonly lambda: number;
};

/**
 * PPI++ of a mean over clusters (Angelopoulos, Duchi and Zrnic 2023): the judge's mean on unlabelled
 * clusters, corrected by what people said on labelled ones, lambda tuned for the least variance. The
 * interval is Student's with the labelled clusters less one. Null with under two clusters of either.
 */
export function ppiMean(input: {
  readonly labelled: readonly LabelledTotal[];
  readonly unlabelled: readonly JudgedTotal[];
  readonly confidence?: number;
}): Corrected | null {
  const { labelled, unlabelled, confidence = 0.95 } = input;
  if (labelled.length < 2 || unlabelled.length < 2) return null;
  const lambda = tunedLambda(labelled, unlabelled);
  const rectifier = ratioEstimate(
    labelled.map(({ person, judge, size }) => ({ sum: person - lambda * judge, size })),
  );
  const imputed = ratioEstimate(unlabelled.map(({ judge, size }) => ({ sum: judge, size })));
  const estimate = lambda * imputed.theta + rectifier.theta;
  const se = Math.hypot(lambda * imputed.se, rectifier.se);
  const half = studentQuantile(1 - (1 - confidence) / 2, labelled.length - 1) * se;
  return { estimate, lower: estimate - half, upper: estimate + half, se, lambda };
}

/** Covariance of person and judge over (1 + n / N) times the variance of the judge, in [0, 1]. */
function tunedLambda(
  labelled: readonly LabelledTotal[],
  unlabelled: readonly JudgedTotal[],
): number {
  const all = [...labelled, ...unlabelled];
  const person = residuals(labelled.map(({ person: sum, size }) => ({ sum, size })));
  const judge = residuals(labelled.map(({ judge: sum, size }) => ({ sum, size })));
  const judged = residuals(all.map(({ judge: sum, size }) => ({ sum, size })));
  const products = person.map((value, place) => value * (judge[place] ?? 0));
  const covariance = total(products) / labelled.length;
  const variance = total(judged.map((value) => value * value)) / (all.length - 1);
  if (variance === 0) return 0;
  const lambda = covariance / ((1 + labelled.length / unlabelled.length) * variance);
  return Math.max(0, Math.min(1, lambda));
}

/** Deviations of the sums from theta n, in units of the mean size. */
function residuals(totals: readonly { readonly sum: number; readonly size: number }[]): number[] {
  const { theta, size, clusters } = ratioEstimate(totals);
  return totals.map((each) => ((each.sum - theta * each.size) * clusters) / size);
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
