import {
  type SpanOutline,
  spansThatCount,
  type TraceSpans,
} from '../../contracts/trace-outline.ts';

/** A span with what is its own: time that no child covers, tokens that no model call inside it counts. */
export type PlacedSpan = SpanOutline & {
  readonly ms: number;
  readonly selfMs: number;
  readonly input: number;
  readonly output: number;
};

export type PlacedTrace = Omit<TraceSpans, 'spans'> & { readonly spans: readonly PlacedSpan[] };

/** The spans of one trace, by start. A parent that is not among them, or is the span itself, is none. */
export function placeSpans(spans: readonly SpanOutline[]): readonly PlacedSpan[] {
  const children = Map.groupBy(spans, ({ id, parent }) => (parent === id ? null : parent));
  const counted = spansThatCount(spans);
  return spans
    .map((span) => {
      const ms = Math.max(0, span.end - span.start);
      const inside = (children.get(span.id) ?? []).map((child) => ({
        start: Math.max(child.start, span.start),
        end: Math.min(child.end, span.end),
      }));
      const counts = counted.has(span.id);
      return {
        ...span,
        ms,
        selfMs: Math.max(0, ms - covered(inside)),
        input: counts ? span.usage!.inputTokens : 0,
        output: counts ? span.usage!.outputTokens : 0,
      };
    })
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

type Stretch = { readonly start: number; readonly end: number };

/** Length of the union: what is nested or runs side by side does not count twice. */
export function covered(stretches: readonly Stretch[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    if (end <= reached) continue;
    total += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
