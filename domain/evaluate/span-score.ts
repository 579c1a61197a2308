import type { FigureScore, SpanScorer } from '../../contracts/scorer.ts';
import type { Span, Trace } from '../../contracts/trace.ts';
import { spansThatCount } from './token-spans.ts';

export type Figure = {
  readonly value: number;
  readonly score: number;
  readonly rationale: string;
  /** Ids of the spans that were counted, the first 100. */
  readonly spans: readonly string[];
};

const MOST_NAMED = 100;

/** The figure of a trace that a span scorer measures, with its score. */
export function scoreSpans({ spans }: Trace, scorer: SpanScorer): Figure {
  const { measure, of, names, score } = scorer;
  const own = spans.filter(
    (span) =>
      (of === 'any' || span.kind === of) && (names === undefined || names.includes(span.name)),
  );
  const counted = measure === 'errors' ? own.filter(({ status }) => status === 'ERROR') : own;
  const value = measure === 'tokens' ? tokensIn(spans, own) : valueOf(measure, counted);
  const kind = of === 'any' ? 'spans' : `${of} spans`;
  return {
    value,
    score: figureScoreOf(value, score),
    rationale: `${describe(measure, value)} over ${own.length} ${kind}`,
    spans: counted.slice(0, MOST_NAMED).map(({ id }) => id),
  };
}

function valueOf(
  measure: Exclude<SpanScorer['measure'], 'tokens'>,
  spans: readonly Span[],
): number {
  switch (measure) {
    case 'count':
    case 'errors':
      return spans.length;
    case 'latency_ms':
      return covered(spans);
  }
}

const tokensOf = ({ usage }: Span): number =>
  (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);

/** Tokens of some spans of a trace, those of a call within a call once. */
function tokensIn(spans: readonly Span[], own: readonly Span[]): number {
  const counted = spansThatCount(spans, tokensOf, own);
  return own.filter(({ id }) => counted.has(id)).reduce((sum, span) => sum + tokensOf(span), 0);
}

/** Milliseconds in which at least one of the spans was open: nested and parallel ones do not count twice. */
function covered(spans: readonly Span[]): number {
  let total = 0;
  let until = -Infinity;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total;
}

/** The declared map of a figure to a score in [0, 1]. */
export function figureScoreOf(value: number, map: FigureScore): number {
  if ('most' in map) return Number(value <= map.most);
  return Math.min(1, Math.max(0, (map.worst - value) / (map.worst - map.best)));
}

const describe = (measure: SpanScorer['measure'], value: number): string =>
  ({
    count: `${value} counted`,
    errors: `${value} ended with an error`,
    latency_ms: `${value.toFixed(0)} ms`,
    tokens: `${value} tokens`,
  })[measure];
