import type { SpanView } from '../../contracts/rater-view.ts';
import type { SpanOutline } from '../../contracts/trace-outline.ts';
import { treeOf } from '../trace/tree.ts';

/** Spans as a tree told line by line. */
export function spanViews(spans: readonly SpanOutline[]): readonly SpanView[] {
  const began = spans.reduce((first, { start }) => Math.min(first, start), Infinity);
  return treeOf(spans).map(({ span, depth }) => ({
    id: span.id,
    depth,
    name: span.name,
    kind: span.kind,
    status: span.status,
    start: span.start - began,
    ms: span.end - span.start,
  }));
}
