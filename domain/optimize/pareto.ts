export type Members = readonly number[];

/**
 * The fronts without redundant programs: by ascending score, a program goes when every front that holds it
 * also holds another survivor (gepa_utils.remove_dominated_programs). Members must be ascending.
 */
export function prune(fronts: readonly Members[], scores: readonly number[]): readonly Members[] {
  const alive = fronts.map((front) => front.length);
  const where = new Map<number, number[]>();
  fronts.forEach((front, at) =>
    front.forEach((program) => where.set(program, [...(where.get(program) ?? []), at])),
  );
  const dropped = new Set<number>();
  const order = [...where.keys()].sort((a, b) => scores[a]! - scores[b]!);
  // A program kept once is never redundant later, since survivors only become fewer: one pass is enough.
  for (const program of order) {
    const held = where.get(program)!;
    if (held.some((at) => alive[at] === 1)) continue;
    dropped.add(program);
    for (const at of held) alive[at] = alive[at]! - 1;
  }
  return fronts.map((front) => front.filter((program) => !dropped.has(program)));
}

/** The programs that survive pruning, ascending: those offered to merge. */
export function survivors(fronts: readonly Members[], scores: readonly number[]): Members {
  return [...new Set(prune(fronts, scores).flat())].sort((a, b) => a - b);
}

/** Every survivor once for each front it remains on, grouped in order of first appearance. */
export function samplingList(fronts: readonly Members[], scores: readonly number[]): Members {
  const times = new Map<number, number>();
  for (const program of prune(fronts, scores).flat())
    times.set(program, (times.get(program) ?? 0) + 1);
  return [...times].flatMap(([program, count]) => Array.from({ length: count }, () => program));
}
