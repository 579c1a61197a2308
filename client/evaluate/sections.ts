import type { Percentiles } from '../../contracts/percentiles.ts';
import type { Aggregate } from '../../domain/evaluate/aggregate.ts';
import { list, type Section, table, text } from '../report/blocks.ts';
import { percent, range, usd } from '../terminal/figures.ts';
import { factTexts } from '../../domain/evaluate/fact-texts.ts';
import { evaluationName } from '../../db/runs/evaluations.ts';
import { profileSections } from './profile-sections.ts';
import type { EvaluationResults } from './results.ts';

/** An evaluation as sections, for a terminal or a page. */
export function evaluationSections(results: EvaluationResults): readonly Section[] {
  return [
    { title: `Evaluation ${evaluationName(results.run)}`, blocks: [list(facts(results))] },
    scores(results),
    ...unmeasured(results),
    ...gates(results),
    ...sliced(results),
    callsSection(results.usage),
    ...(results.profile === null ? [] : profileSections(results.profile)),
  ];
}

const facts = (results: EvaluationResults): readonly string[] =>
  Object.entries(factTexts(results)).map(([name, value]) => `${name}: ${value}`);

const FIGURES = [
  'mean',
  '95 % interval',
  'n',
  'missing',
  'failed',
  'not applicable',
  'p50',
  'p95',
  'p99',
];
const figures = (found: Aggregate): readonly string[] => [
  percent(found.mean),
  range(found.interval),
  String(found.n),
  String(found.missing),
  String(found.failed),
  String(found.notApplicable),
  ...quantiles(found.percentiles, (score) => score.toFixed(2)),
];

const quantiles = (
  found: Percentiles | null,
  shown: (value: number) => string,
): readonly string[] =>
  found === null ? ['-', '-', '-'] : [found.p50, found.p95, found.p99].map(shown);

const milliseconds = (found: Percentiles | null): readonly string[] =>
  quantiles(found, (ms) => `${ms.toFixed(0)} ms`);

function scores({ scorers }: EvaluationResults): Section {
  const rows = Object.values(scorers).map((found) => [found.judge, ...figures(found)]);
  const latency = Object.values(scorers)[0]?.latency ?? null;
  return {
    title: 'Scores',
    blocks: [
      table(['scorer', ...FIGURES], rows),
      ...(latency === null
        ? []
        : [table(['agent latency p50', 'p95', 'p99'], [milliseconds(latency)])]),
    ],
  };
}

const REASONS_SHOWN = 8;
const LONGEST = 300;

/** Why rows are missing or failed. */
function unmeasured({ reasons }: EvaluationResults): readonly Section[] {
  if (reasons.length === 0) return [];
  const rows = reasons
    .slice(0, REASONS_SHOWN)
    .map(({ scorer, outcome, reason, rows: times }) => [
      scorer,
      outcome,
      String(times),
      reason.length > LONGEST ? `${reason.slice(0, LONGEST)} ...` : reason,
    ]);
  const more = reasons.length - rows.length;
  return [
    {
      title: 'Missing and failed',
      blocks: [
        table(['scorer', 'outcome', 'rows', 'reason'], rows),
        ...(more > 0 ? [text(`${more} more reasons: --json has them.`)] : []),
      ],
    },
  ];
}

function gates(results: EvaluationResults): readonly Section[] {
  if (results.gates.length === 0) return [];
  const blocks = results.gates.map((gate) =>
    text(`${gate.scorer}: ${gate.state}, ${gate.why}`, gate.state === 'pass' ? 'good' : 'bad'),
  );
  return [{ title: 'Gates', blocks }];
}

function sliced(results: EvaluationResults): readonly Section[] {
  const rows = Object.entries(results.slices).flatMap(([scorer, parts]) =>
    parts.map(({ tag, value, found }) => [scorer, `${tag} = ${value}`, ...figures(found)]),
  );
  if (rows.length === 0) return [];
  const remark = text('Exploratory: among many slices some stand out by chance.');
  return [{ title: 'Slices', blocks: [remark, table(['scorer', 'tag', ...FIGURES], rows)] }];
}

/** Cost and latency of the model calls by purpose and model. */
export function callsSection(usage: EvaluationResults['usage']): Section {
  const rows = usage.map((row) => [
    row.purpose,
    row.model,
    String(row.calls),
    String(row.reused),
    String(row.inputTokens),
    String(row.outputTokens),
    usd(row.price),
    ...milliseconds(row.latency),
  ]);
  const headings = ['purpose', 'model', 'calls', 'reused', 'tokens in', 'out', 'price'];
  return {
    title: 'Model calls',
    blocks: [table([...headings, 'p50', 'p95', 'p99'], rows)],
  };
}
