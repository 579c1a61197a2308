import type { ProfiledSpan } from './profile.ts';

/** A span with what is its own: time that no child covers, tokens that no model call inside it counts. */
export type PlacedSpan = ProfiledSpan & {
  readonly ms: number;
  readonly selfMs: number;
  readonly input: number;
  readonly output: number;
};

/** The spans of one trace, by start. A parent that is not among them, or is the span itself, is none. */
export function placeSpans(spans: readonly ProfiledSpan[]): readonly PlacedSpan[] {
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
        input: counts ? (span.inputTokens ?? 0) : 0,
        output: counts ? (span.outputTokens ?? 0) : 0,
      };
    })
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

type Stretch = { readonly start: number; readonly end: number };

/** Length of the union: children may run side by side. */
function covered(stretches: readonly Stretch[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    if (end <= reached) continue;
    total += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return total;
}

/** Spans with tokens and none inside them that has tokens too: an outer span repeats those of the calls within. */
function spansThatCount(spans: readonly ProfiledSpan[]): ReadonlySet<string> {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const having = spans.filter((span) => (span.inputTokens ?? 0) + (span.outputTokens ?? 0) > 0);
  const counted = new Set(having.map(({ id }) => id));
  for (const span of having) {
    const seen = new Set([span.id]);
    let above = span.parent;
    while (above !== null && !seen.has(above)) {
      counted.delete(above);
      seen.add(above);
      above = byId.get(above)?.parent ?? null;
    }
  }
  return counted;
}
