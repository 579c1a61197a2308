/** Share of what two sets hold that both do (Jaccard); null where both are empty. */
export function overlap<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number | null {
  let shared = 0;
  for (const each of a) if (b.has(each)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? null : shared / all;
}
