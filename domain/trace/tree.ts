import type { SpanOutline } from '../../contracts/trace-outline.ts';

/** A span in the order of reading, with the number of spans above it. */
export type TreeRow<S> = { readonly span: S; readonly depth: number };

/**
 * Spans under their parents, by start. A span whose parent is missing stands at the top; so does the earliest of a cycle, the others below it. Every span is
 * there once.
 */
export function treeOf<S extends Pick<SpanOutline, 'id' | 'parent' | 'start'>>(
  spans: readonly S[],
): readonly TreeRow<S>[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  const known = new Set(sorted.map(({ id }) => id));
  const below = Map.groupBy(sorted, ({ parent }) => parent);
  const roots = sorted.filter(({ parent }) => parent === null || !known.has(parent));
  const rows: TreeRow<S>[] = [];
  const placed = new Set<string>();
  // A stack of its own: a chain of spans may be deeper than calls can be.
  for (const root of [...roots, ...sorted]) {
    const open: TreeRow<S>[] = [{ span: root, depth: 0 }];
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      if (placed.has(row.span.id)) continue;
      placed.add(row.span.id);
      rows.push(row);
      const depth = row.depth + 1;
      const children = below.get(row.span.id) ?? [];
      open.push(...children.toReversed().map((span) => ({ span, depth })));
    }
  }
  return rows;
}
