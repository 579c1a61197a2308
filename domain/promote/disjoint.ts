/** Disjoint sets over 0 to n - 1; the root of a set is its smallest member. */
export type Disjoint = {
  readonly find: (member: number) => number;
  readonly join: (a: number, b: number) => void;
};

export function createDisjoint(n: number): Disjoint {
  const parent = Int32Array.from({ length: n }, (_, index) => index);
  const find = (member: number): number => {
    let root = member;
    for (let up = parent[root] ?? root; up !== root; up = parent[root] ?? root) root = up;
    for (let at = member; at !== root;) {
      const up = parent[at] ?? root;
      parent[at] = root;
      at = up;
    }
    return root;
  };
  const join = (a: number, b: number): void => {
    const [x, y] = [find(a), find(b)];
    parent[Math.max(x, y)] = Math.min(x, y);
  };
  return { find, join };
}
