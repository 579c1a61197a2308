/** Holm's step-down procedure (1979): the adjusted p of each named test, at most 1. */
export function holm(p: Readonly<Record<string, number>>): Record<string, number> {
  const ordered = Object.entries(p).sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  const adjusted: Record<string, number> = {};
  let running = 0;
  for (const [index, [name, value]] of ordered.entries()) {
    running = Math.max(running, Math.min(1, (ordered.length - index) * value));
    adjusted[name] = running;
  }
  return adjusted;
}
