import type { Db } from '../../db/connect.ts';
import { evaluationName, listEvaluations } from '../../db/runs/evaluations.ts';
import { getRun, loadScores } from '../../db/runs/runs.ts';
import type { ComparedRun } from '../../domain/evaluate/compare.ts';
import { scoredRow } from '../../domain/evaluate/aggregate.ts';
import {
  TREND_ALPHA,
  TREND_MISSING,
  type TrendPoint,
  trendOf,
} from '../../domain/evaluate/trend.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { list, type Section, table, text } from '../report/blocks.ts';
import { percent, points as shownPoints, range } from '../terminal/figures.ts';
import type { RunFacts } from '../../contracts/run-facts.ts';
import { factsOf } from '../../db/runs/facts.ts';
import { factTexts } from '../../domain/evaluate/fact-texts.ts';

export type TrendRequest = {
  readonly project: string;
  readonly agent: string;
  /** Name of a judge; absent: each. */
  readonly judge?: string;
  readonly last: number;
};

/** The runs of an agent on one dataset under one judge, oldest first. */
export type TrendSeries = {
  readonly dataset: string;
  readonly judge: string;
  readonly points: readonly (TrendPoint & { readonly facts: RunFacts })[];
};

/** One series for each dataset and judge. @throws InvalidInputError where there is no run */
export async function trendsOf(db: Db, request: TrendRequest): Promise<readonly TrendSeries[]> {
  const { project, agent, judge, last } = request;
  const entries = await listEvaluations(db, { project, agent, last });
  const facts = new Map<string, RunFacts>();
  const series = new Map<string, ComparedRun[]>();
  for (const { run: name, dataset } of entries) {
    const run = await getRun(db, { project, run: name });
    facts.set(name, (await factsOf(db, run)).facts);
    for (const { id, name: scorer } of run.scorers) {
      if (judge !== undefined && scorer !== judge) continue;
      const rows = (await loadScores(db, { project, run: name, scorer: id })).map(scoredRow);
      const key = JSON.stringify([dataset.split('@')[0], scorer]);
      series.set(key, [...(series.get(key) ?? []), { run: name, dataset, scorer: id, rows }]);
    }
  }
  if (series.size === 0) throw new InvalidInputError([noRuns(request)]);
  return [...series]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, runs]) => {
      const [dataset = '', scorer = ''] = JSON.parse(key) as string[];
      const points = trendOf(runs).map((point) => ({ ...point, facts: facts.get(point.run)! }));
      return { dataset, judge: scorer, points };
    });
}

const noRuns = ({ agent, judge }: TrendRequest) => ({
  at: agent,
  message: `has no evaluation${judge === undefined ? '' : ` under the judge ${judge}`}; \`attune evaluate list\` shows those there are (recorded outputs are those of \`recorded\`)`,
});

const TEST = `A run is tested against the one before it and against the first of its stretch, paired by example: one-sided sign-flip tests over clusters at ${TREND_ALPHA * 100} % after Holm. Without any change about one run in twenty is marked as a regression. Runs with more than ${TREND_MISSING * 100} % missing are not tested. Another dataset or another judge has a table of its own.`;

export const trendSections = (series: readonly TrendSeries[]): readonly Section[] =>
  series.map(({ dataset, judge, points }) => ({
    title: `${judge} on ${dataset}`,
    blocks: [
      table(
        ['run', 'mean', '95 % interval', 'n', 'missing', 'failed', 'change', 'mark'],
        points.flatMap((point) => [...(point.apart === null ? [] : [SEPARATION]), rowOf(point)]),
      ),
      ...regressions(points),
      list([
        ...separations(points),
        ...points.map(({ run, facts }) => `${evaluationName(run)}: ${made(facts)}`),
      ]),
      text(TEST),
    ],
  }));

const SEPARATION = ['-- not comparable --'];

const separations = (points: readonly TrendPoint[]) =>
  points
    .filter(({ apart }) => apart !== null)
    .map(
      ({ run, apart }) =>
        `${evaluationName(run)} is not compared with the runs before it: ${apart}`,
    );

function rowOf({ run, found, mark, tests }: TrendPoint): readonly string[] {
  const { mean, interval, n, missing, failed } = found;
  return [
    evaluationName(run),
    percent(mean),
    range(interval),
    String(n),
    String(missing),
    String(failed),
    tests.length === 0 ? '' : shownPoints(tests[0]!.difference?.mean ?? null),
    mark,
  ];
}

const regressions = (points: readonly TrendPoint[]) =>
  points
    .filter(({ mark }) => mark === 'regressed')
    .flatMap(({ run, tests }) =>
      tests
        .filter(({ worse }) => worse <= TREND_ALPHA)
        .map(({ against, difference, worse }) =>
          text(
            `${evaluationName(run)} regressed against ${evaluationName(against)}: ${shownPoints(difference?.mean ?? null)}, p ${worse < 0.001 ? '< 0.001' : worse.toFixed(3)}`,
            'bad',
          ),
        ),
    );

const made = (facts: RunFacts): string => {
  const { agent, prompts, models, 'git commit': commit, started } = factTexts(facts);
  return `${started}, ${agent}, prompts ${prompts}, ${models}, commit ${commit}`;
};
