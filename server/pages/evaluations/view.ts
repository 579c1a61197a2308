import type { Context } from 'hono';
import { html } from 'hono/html';
import { nameOfVersion } from '../../../contracts/scorer.ts';
import { evaluationProgress } from '../../../db/runs/evaluations.ts';
import { factsOf } from '../../../db/runs/facts.ts';
import { loadResults, type Run } from '../../../db/runs/runs.ts';
import { type Aggregate, aggregate, measured } from '../../../domain/evaluate/aggregate.ts';
import { NOT_ASKED, outcomeOf, reasonsIn } from '../../../domain/evaluate/not-measured.ts';
import { slices } from '../../../domain/evaluate/slices.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { intervalsChart } from '../ui/chart.ts';
import { gatesPart } from './gates.ts';
import { evaluationOf, factCells, scoredRows } from './run.ts';
import { percent, range, usd } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { dataTable, decimal, facts, plain, segment } from '../ui/parts.ts';

const LOWEST = 20;
const FIGURES = ['mean', '95 % interval', 'n', 'missing', 'failed', 'not applicable', 'p50'];

/** One evaluation: its scores with intervals, slices, lowest rows, what it was made of and what it cost. */
export async function evaluationView(
  deps: AppDeps,
  context: Context<ConsoleEnv>,
  name: string,
): Promise<Response> {
  const { db, project } = deps;
  const run = await evaluationOf(db, { project, name });
  const at = { project, run: run.name };
  const [{ facts: made, usage }, progress, scored] = await Promise.all([
    factsOf(db, run),
    evaluationProgress(db, at),
    Promise.all(run.scorers.map(async ({ id }) => ({ id, rows: await scoredRows(db, run, id) }))),
  ]);
  const sums = scored.map(({ id, rows }) => ({ id, sum: aggregate(rows) }));
  const labelled = sums.map(({ id, sum }) => ({ label: id, ...sum }));
  const aggregates = Object.fromEntries(sums.map(({ id, sum }) => [nameOfVersion(id), sum]));
  const parts = scored.flatMap(({ id, rows }) =>
    slices(rows).map(({ tag, value, found }) => [id, `${tag} = ${value}`, ...figures(found)]),
  );
  return show(context, {
    title: name,
    scripts: ['charts.js'],
    body: html`<h1>Evaluation ${name}</h1>
      ${facts({
        verdicts: `${progress.done} of ${progress.total}`,
        ...factCells(made),
        spend: usd(usage.reduce((sum, { price }) => sum + price, 0)),
      })}
      <h2>Scores</h2>
      ${dataTable({
        caption: 'Scores',
        head: ['scorer', ...FIGURES],
        rows: sums.map(({ id, sum }) => [id, ...figures(sum)]),
      })}
      ${intervalsChart('Scores with 95 % intervals', 'score', { rows: labelled })}
      ${reasonsPart(scored)} ${gatesPart(context.req.query('gates') ?? '', aggregates)}
      ${await lowestPart(deps, run)}
      ${
        parts.length === 0
          ? ''
          : html`<h2>Slices</h2>
              <p class="hint">Exploratory: among many slices some stand out by chance.</p>
              ${dataTable({ caption: 'Slices', head: ['scorer', 'tag', ...FIGURES], rows: parts })}`
      }`,
  });
}

const figures = (found: Aggregate): readonly (string | number)[] => [
  percent(found.mean),
  range(found.interval),
  found.n,
  found.missing,
  found.failed,
  found.notApplicable,
  decimal(found.percentiles?.p50),
];

type Scored = readonly {
  readonly id: string;
  readonly rows: Awaited<ReturnType<typeof scoredRows>>;
}[];

const REASONS_SHOWN = 10;

/** Why rows are missing or failed; nothing where none is. */
function reasonsPart(scored: Scored): Html | '' {
  const reasons = reasonsIn(
    scored.flatMap(({ id, rows }) => rows.map((row) => outcomeOf(id, row))),
  ).filter(({ reason }) => reason !== NOT_ASKED);
  if (reasons.length === 0) return '';
  return html`<h2>Missing and failed</h2>
    ${dataTable({
      caption: 'Reasons',
      head: ['scorer', 'outcome', 'rows', 'reason'],
      rows: reasons
        .slice(0, REASONS_SHOWN)
        .map(({ scorer, outcome, rows, reason }) => [scorer, outcome, rows, reason]),
    })}`;
}

/** What scored lowest under the first scorer, with content. */
async function lowestPart({ db }: AppDeps, run: Run): Promise<Html> {
  const all = await scoredRows(db, run, run.primary.id);
  const scores = all.flatMap((row) => {
    const found = measured(row);
    return found.kind === 'score' && found.score < 1 ? [{ row, score: found.score }] : [];
  });
  const lowest = scores.toSorted((a, b) => a.score - b.score).slice(0, LOWEST);
  const results = await loadResults(db, {
    project: run.project,
    run: run.name,
    examples: lowest.map(({ row }) => row.example),
  });
  const byOrdinal = new Map(results.map((row) => [row.ordinal, row]));
  const none = all.every((row) => measured(row).kind === 'missing');
  return html`<h2>Lowest under ${run.primary.id}</h2>
    ${dataTable({
      caption: 'Lowest rows',
      head: ['row', 'score', 'inputs', 'outputs', 'rationale', 'trace'],
      rows: lowest.map(({ row, score }) => {
        const full = byOrdinal.get(row.ordinal);
        return [
          row.example,
          decimal(score),
          plain(full?.content.inputs ?? null),
          plain(full?.outputs ?? full?.error ?? null),
          full?.rationale ?? '',
          row.traceId === null ? '' : html`<a href="/traces/${segment(row.traceId)}">trace</a>`,
        ];
      }),
      empty: none
        ? 'No row is measured: there is nothing to rank.'
        : 'Every row that was measured has the full score.',
    })}`;
}
