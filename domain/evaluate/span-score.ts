import type { FigureScore, SpanScorer } from '../../contracts/scorer.ts';
import type { Span, Trace } from '../../contracts/trace.ts';
import { spansThatCount } from '../../contracts/trace-outline.ts';
import { covered } from './span-times.ts';

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
  const counted = countedBy(measure, { own, spans });
  const value = valueOf(measure, counted);
  const kind = of === 'any' ? 'spans' : `${of} spans`;
  return {
    value,
    score: figureScoreOf(value, score),
    rationale: `${describe(measure, value)} over ${own.length} ${kind}`,
    spans: counted.slice(0, MOST_NAMED).map(({ id }) => id),
  };
}

type Spans = { readonly own: readonly Span[]; readonly spans: readonly Span[] };

function countedBy(measure: SpanScorer['measure'], { own, spans }: Spans): readonly Span[] {
  if (measure === 'errors') return own.filter(({ status }) => status === 'ERROR');
  if (measure !== 'tokens') return own;
  const telling = spansThatCount(spans, own);
  return own.filter(({ id }) => telling.has(id));
}

function valueOf(measure: SpanScorer['measure'], spans: readonly Span[]): number {
  switch (measure) {
    case 'count':
    case 'errors':
      return spans.length;
    case 'latency_ms':
      return covered(spans);
    case 'tokens':
      return spans.reduce(
        (sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
        0,
      );
  }
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
