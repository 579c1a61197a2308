import type { Command } from 'commander';
import type { Db } from '../../db/connect.ts';
import { namedRun } from '../../db/runs/evaluations.ts';
import {
  getRun,
  loadOpenScores,
  loadResults,
  type ResultRow,
  type Run,
} from '../../db/runs/runs.ts';
import {
  type Comparison,
  compareRuns,
  type ExampleDifference,
  type Standing,
  standingOf,
} from '../../domain/evaluate/compare.ts';
import { scoredRow } from '../../domain/evaluate/aggregate.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { writeText } from '../files/write.ts';
import type { RunFacts } from '../../contracts/run-facts.ts';
import { factsOf } from '../../db/runs/facts.ts';
import { factTexts } from '../../domain/evaluate/fact-texts.ts';
import { type Block, list, type Section, table, text } from '../report/blocks.ts';
import { sectionsPage } from '../report/page.ts';
import { sectionsText } from '../report/terminal.ts';
import { points } from '../terminal/figures.ts';

/** Examples shown side by side, of the wins and of the regressions each. */
const SHOWN = 20;

/** compare: the paired difference of two evaluations, with what got worse and what got better. */
export function addCompare(program: Command, act: Act): void {
  verb(
    program,
    'compare <first> <second>',
    'the second evaluation against the first; ends with 3 where it is worse, 4 where that cannot be told',
  )
    .option('--html <file>', 'write it as a page of its own')
    .action(act<[string, string, { html?: string }]>(compare));
}

type Sides = readonly [ResultRow | undefined, ResultRow | undefined];

type Compared = {
  readonly judge: string;
  readonly comparison: Comparison;
  readonly sides: ReadonlyMap<string, Sides>;
};

async function compare(
  cli: Cli,
  first: string,
  second: string,
  { html }: { html?: string },
): Promise<ExitCode> {
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const [before, after] = [
    await getRun(db, { project, run: await namedRun(db, { project, name: first }) }),
    await getRun(db, { project, run: await namedRun(db, { project, name: second }) }),
  ];
  const shared = before.scorers.filter(({ name }) => after.scorers.some((at) => at.name === name));
  if (shared.length === 0)
    throw new InvalidInputError([
      {
        at: `${first} and ${second}`,
        message: 'have no scorer in common; evaluate both under one',
      },
    ]);
  const compared: Compared[] = [];
  for (const { name } of shared) compared.push(await compareOn(db, { before, after, name }));
  const facts = [(await factsOf(db, before)).facts, (await factsOf(db, after)).facts] as const;
  const answer = compared.map(({ judge, comparison }) => ({
    judge,
    first: facts[0],
    second: facts[1],
    standing: standingOf(comparison),
    ...comparison,
  }));
  const sections = [...compared.map(sectionOf), factsSection(...facts)];
  if (html !== undefined) writeText(html, sectionsPage(`${first} and ${second}`, sections));
  cli.print(answer, () => sectionsText(sections));
  return exitOfStandings(answer.map(({ standing }) => standing));
}

/** Worse under any scorer is worse; what cannot be told under one of them cannot be told. */
function exitOfStandings(standings: readonly Standing[]): ExitCode {
  if (standings.includes('worse')) return EXIT.failed;
  return standings.includes('unknown') ? EXIT.undecided : EXIT.done;
}

const STANDING: Readonly<Record<Standing, string>> = {
  worse: 'the second is worse',
  better: 'the second is better',
  equal: 'every score is equal',
  unknown: 'these examples cannot tell which is better',
};

/** What the two runs were made of, side by side. */
function factsSection(first: RunFacts, second: RunFacts): Section {
  const [one, two] = [factTexts(first), factTexts(second)];
  const rows = Object.keys(one).map((name) => {
    const [before = '', after = ''] = [one[name], two[name]];
    return [name, before, before === after ? 'the same' : after];
  });
  return { title: 'Runs', blocks: [table(['', first.run, second.run], rows)] };
}

type Pair = { readonly before: Run; readonly after: Run; readonly name: string };

async function compareOn(db: Db, { before, after, name }: Pair): Promise<Compared> {
  const side = async (run: Run) => {
    const scorer = run.scorers.find((found) => found.name === name)!.id;
    const at = { project: run.project, run: run.name, scorer };
    const rows = (await loadOpenScores(db, at)).map(scoredRow);
    return { at, compared: { run: run.name, dataset: run.datasetVersion, scorer, rows } };
  };
  const [one, two] = [await side(before), await side(after)];
  const comparison = compareRuns(one.compared, two.compared);
  const examples = [
    ...comparison.regressions.slice(0, SHOWN),
    ...comparison.wins.slice(0, SHOWN),
  ].map(({ example }) => example);
  const rowsOf = async (at: typeof one.at) =>
    new Map((await loadResults(db, { ...at, examples })).map((row) => [row.example, row]));
  const [olds, news] = [await rowsOf(one.at), await rowsOf(two.at)];
  const sides = new Map(examples.map((id) => [id, [olds.get(id), news.get(id)] as const]));
  return { judge: one.compared.scorer, comparison, sides };
}

function sectionOf({ judge, comparison, sides }: Compared): Section {
  const { difference, examples, clusters, unpaired, wins, regressions, equal } = comparison;
  const interval = difference?.interval;
  const bounds = interval ? ` (95 %: ${points(interval.low)} to ${points(interval.high)})` : '';
  const show = (title: string, of: readonly ExampleDifference[]): readonly Block[] =>
    of.length === 0
      ? []
      : [
          text(`${title}: ${of.length}${of.length > SHOWN ? `, the largest ${SHOWN} shown` : ''}`),
          table(
            ['example', 'first', 'second', 'outputs of the first', 'of the second'],
            of.slice(0, SHOWN).map((at) => rowOf(at, sides.get(at.example))),
          ),
        ];
  return {
    title: judge,
    blocks: [
      text(
        `difference ${points(difference?.mean ?? null)}${bounds}: ${STANDING[standingOf(comparison)]}`,
      ),
      list([
        `${examples} examples in ${clusters} clusters; ${wins.length} better, ${regressions.length} worse, ${equal} equal`,
        ...(unpaired.length > 0 ? [`${unpaired.length} not measured in both`] : []),
      ]),
      ...show('Regressions', regressions),
      ...show('Wins', wins),
    ],
  };
}

const rowOf = (
  { example, first, second }: ExampleDifference,
  [before, after]: Sides = [undefined, undefined],
): readonly string[] => [example, first.toFixed(2), second.toFixed(2), short(before), short(after)];

const WIDTH = 48;

function short(row: ResultRow | undefined): string {
  const whole = row?.outputs === undefined ? '' : JSON.stringify(row.outputs);
  return whole.length > WIDTH ? `${whole.slice(0, WIDTH)}…` : whole;
}
