import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Db } from '../../../db/connect.ts';
import type { RunFacts } from '../../../contracts/run-facts.ts';
import { evaluationName } from '../../../db/runs/evaluations.ts';
import { factsOf } from '../../../db/runs/facts.ts';
import { factTexts } from '../../../domain/evaluate/fact-texts.ts';
import { loadResults, type Run } from '../../../db/runs/runs.ts';
import {
  compareRuns,
  type Comparison,
  type ExampleDifference,
  IncomparableRunsError,
} from '../../../domain/evaluate/compare.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { evaluationOf, factCells, scoredRows } from './run.ts';
import { points, pointsRange } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { type Cell, dataTable, facts, plain } from '../ui/parts.ts';

/** Of the wins and of the regressions each. */
const SHOWN = 20;

/** Two evaluations side by side: the paired difference, what got worse, what got better, and what they were made of. */
export async function compareView(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
): Promise<Response> {
  const of = (side: string) => evaluationOf(db, { project, name: context.req.query(side) ?? '' });
  const [first, second] = [await of('first'), await of('second')];
  const shared = first.scorers.filter(({ name }) => second.scorers.some((at) => at.name === name));
  if (shared.length === 0)
    throw refused('second', 'The two have no scorer in common; use one for both.');
  const sections: Html[] = [];
  for (const { name } of shared) sections.push(await sectionOf(db, { first, second, name }));
  const { facts: one } = await factsOf(db, first);
  const { facts: two } = await factsOf(db, second);
  const [before, after] = [evaluationName(first.name), evaluationName(second.name)];
  return show(context, {
    title: `${before} and ${after}`,
    body: html`<h1>${after} against ${before}</h1>
      ${sections}
      <h2>What they were made of</h2>
      ${dataTable({
        caption: 'What they were made of',
        head: ['', before, after],
        rows: madeRows(one, two),
      })}`,
  });
}

function madeRows(one: RunFacts, two: RunFacts): readonly (readonly Cell[])[] {
  const [texts, others] = [factTexts(one), factTexts(two)];
  const [cells, otherCells] = [factCells(one), factCells(two)];
  return Object.keys(texts).map((name) => [
    name,
    cells[name] ?? '',
    texts[name] === others[name] ? 'the same' : (otherCells[name] ?? ''),
  ]);
}

type Pair = { readonly first: Run; readonly second: Run; readonly name: string };

async function sectionOf(db: Db, { first, second, name }: Pair): Promise<Html> {
  const side = async (run: Run) => {
    const scorer = run.scorers.find((at) => at.name === name)!.id;
    const rows = await scoredRows(db, run, scorer);
    return { run: run.name, dataset: run.datasetVersion, scorer, rows };
  };
  const found = compared(await side(first), await side(second));
  const examples = [...found.regressions.slice(0, SHOWN), ...found.wins.slice(0, SHOWN)].map(
    ({ example }) => example,
  );
  const outputs = async (run: Run) => {
    const at = { project: run.project, run: run.name, examples };
    return new Map((await loadResults(db, at)).map((row) => [row.example, row.outputs]));
  };
  const [olds, news] = [await outputs(first), await outputs(second)];
  const list = (title: string, rows: readonly ExampleDifference[]): Html =>
    html`<h3>${title}: ${rows.length}</h3>
      ${dataTable({
        caption: title,
        head: ['row', 'first', 'second', 'outputs of the first', 'outputs of the second'],
        rows: rows
          .slice(0, SHOWN)
          .map((row) => [
            row.example,
            row.first.toFixed(2),
            row.second.toFixed(2),
            plain(olds.get(row.example) ?? null),
            plain(news.get(row.example) ?? null),
          ]),
        empty: 'None.',
      })}`;
  return html`<h2>${name}</h2>
    ${figures(found)} ${list('Regressions', found.regressions)} ${list('Wins', found.wins)}`;
}

function figures({ difference, examples, clusters, unpaired, equal }: Comparison): Html {
  return facts({
    difference: points(difference?.mean),
    '95 % interval': pointsRange(difference?.interval ?? null),
    examples: `${examples} in ${clusters} clusters`,
    equal,
    'not measured in both': unpaired.length,
  });
}

function compared(...[first, second]: Parameters<typeof compareRuns>): Comparison {
  try {
    return compareRuns(first, second);
  } catch (error) {
    throw error instanceof IncomparableRunsError ? refused('second', error.message) : error;
  }
}
