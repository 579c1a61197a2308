import type { SpanView } from '../../contracts/rater-view.ts';
import type { Span } from '../../contracts/trace.ts';

type Outline = Pick<Span, 'id' | 'parent' | 'name' | 'kind' | 'status' | 'start' | 'end'>;

/** Spans as a tree told line by line: each below its parent, siblings by their start, orphans at the top. */
export function spanViews(spans: readonly Outline[]): readonly SpanView[] {
  const known = new Set(spans.map(({ id }) => id));
  const top = (span: Outline): boolean => span.parent === null || !known.has(span.parent);
  const children = Map.groupBy(
    spans.filter((span) => !top(span)),
    ({ parent }) => parent!,
  );
  const began = Math.min(...spans.map(({ start }) => start));
  const views: SpanView[] = [];
  const seen = new Set<string>();
  const stack = inReverse(spans.filter(top)).map((span) => ({ span, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { span, depth } = next;
    if (seen.has(span.id)) continue;
    seen.add(span.id);
    views.push(viewOf(span, depth, began));
    const below = inReverse(children.get(span.id) ?? []);
    stack.push(...below.map((child) => ({ span: child, depth: depth + 1 })));
  }
  return views;
}

const inReverse = (spans: readonly Outline[]): Outline[] =>
  spans.toSorted((a, b) => b.start - a.start || (a.id < b.id ? 1 : -1));

const viewOf = (span: Outline, depth: number, began: number): SpanView => ({
  id: span.id,
  depth,
  name: span.name,
  kind: span.kind,
  status: span.status,
  start: span.start - began,
  ms: span.end - span.start,
});
