import { clusterTotals } from '../statistics/mean.ts';
import { holm } from '../statistics/holm.ts';
import { lessMargin } from '../statistics/ratio.ts';
import { signFlip } from '../statistics/sign-flip.ts';
import { type Aggregate, aggregate } from './aggregate.ts';
import { type ComparedRun, type Comparison, compareRuns, reasonsApart } from './compare.ts';
import { pairExamples } from './paired.ts';

/** One-sided level of the marks of one run. */
export const TREND_ALPHA = 0.05;
/** A run with a larger share of rows not measured is neither marked nor compared with. */
export const TREND_MISSING = 0.05;

export type TrendMark = 'first' | 'level' | 'regressed' | 'improved' | 'unmeasured';

/** A run against an earlier one of its stretch. */
export type TrendTest = {
  readonly against: string;
  readonly difference: Comparison['difference'];
  /** One-sided, by sign flips of the clusters, after Holm over the tests of the run. */
  readonly worse: number;
  readonly better: number;
};

export type TrendPoint = {
  readonly run: string;
  readonly found: Aggregate;
  readonly mark: TrendMark;
  /** Why a new stretch begins here: what came before cannot be compared. Null inside of a stretch. */
  readonly apart: string | null;
  readonly tests: readonly TrendTest[];
};

type Stretch = { readonly first: ComparedRun; readonly last: ComparedRun };

/**
 * Runs under one scorer, oldest first. Each is tested against the run before it and against the first of its stretch (a slow decline
 * shows there), paired by example: it is `regressed` where a one-sided sign-flip test over clusters says so at 5 % after Holm.
 * A stretch is a series of runs on one dataset version under one judge version.
 */
export function trendOf(runs: readonly ComparedRun[]): readonly TrendPoint[] {
  let stretch: Stretch | null = null;
  let before: ComparedRun | null = null;
  return runs.map((run) => {
    const reasons: readonly string[] = before === null ? [] : reasonsApart(before, run);
    if (reasons.length > 0) stretch = null;
    before = run;
    const point = pointOf(run, stretch);
    if (point.mark !== 'unmeasured') stretch = { first: stretch?.first ?? run, last: run };
    return { ...point, apart: reasons.length > 0 ? reasons.join('; ') : null };
  });
}

function pointOf(run: ComparedRun, stretch: Stretch | null): Omit<TrendPoint, 'apart'> {
  const found = aggregate(run.rows);
  const planned = found.n + found.missing;
  const at = { run: run.run, found };
  if (found.mean === null || found.missing > TREND_MISSING * planned)
    return { ...at, mark: 'unmeasured', tests: [] };
  if (stretch === null) return { ...at, mark: 'first', tests: [] };
  const { first, last } = stretch;
  const tests = testsOf(run, first === last ? [last] : [last, first]);
  return { ...at, mark: markOf(tests), tests };
}

function testsOf(run: ComparedRun, earlier: readonly ComparedRun[]): readonly TrendTest[] {
  const tested = earlier.map((other) => ({
    against: other.run,
    difference: compareRuns(other, run).difference,
    worse: oneSided(run, other),
    better: oneSided(other, run),
  }));
  const adjusted = (side: 'worse' | 'better') =>
    holm(Object.fromEntries(tested.map((test) => [test.against, test[side]])));
  const [worse, better] = [adjusted('worse'), adjusted('better')];
  return tested.map((test) => ({
    ...test,
    worse: worse[test.against]!,
    better: better[test.against]!,
  }));
}

/** p of "`high` is no better than `low`". */
function oneSided(low: ComparedRun, high: ComparedRun): number {
  const { pairs } = pairExamples(low.rows, high.rows);
  const values = pairs.map((pair) => ({ cluster: pair.conversation, value: pair.difference }));
  return signFlip({
    totals: lessMargin(clusterTotals(values), 0),
    seed: `trend/${low.run}/${high.run}`,
  }).p;
}

function markOf(tests: readonly TrendTest[]): TrendMark {
  if (tests.some(({ worse }) => worse <= TREND_ALPHA)) return 'regressed';
  return tests.some(({ better }) => better <= TREND_ALPHA) ? 'improved' : 'level';
}
