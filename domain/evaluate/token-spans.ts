type Placed = { readonly id: string; readonly parent: string | null };

/** Ids of the spans with tokens (default: of all) inside which none of them has tokens too: an outer span repeats those of the calls within. */
export function spansThatCount<T extends Placed>(
  all: readonly T[],
  tokensOf: (span: T) => number,
  among: readonly T[] = all,
): ReadonlySet<string> {
  const byId = new Map(all.map((span) => [span.id, span]));
  const having = among.filter((span) => tokensOf(span) > 0);
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
