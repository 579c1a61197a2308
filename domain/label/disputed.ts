/** An item and what its raters said, the further apart the earlier in a list. */
export type Disputed = {
  readonly item: string;
  /** Value by rater. */
  readonly labels: Readonly<Record<string, string>>;
  /** Share of pairs of its labels that differ. */
  readonly disagreement: number;
};

const MOST = 20;

/** The items of most disagreement, at most twenty; with equal shares, first those of most labels, then by name. */
export function disputedItems(
  items: readonly { readonly item: string; readonly said: ReadonlyMap<string, number> }[],
  values: readonly string[],
): readonly Disputed[] {
  return items
    .map(({ item, said }) => ({
      item,
      labels: Object.fromEntries(
        [...said].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rater, at]) => [rater, values[at]!]),
      ),
      disagreement: differing([...said.values()]),
    }))
    .filter(({ disagreement }) => disagreement > 0)
    .sort(
      (a, b) =>
        b.disagreement - a.disagreement ||
        Object.keys(b.labels).length - Object.keys(a.labels).length ||
        (a.item < b.item ? -1 : 1),
    )
    .slice(0, MOST);
}

function differing(places: readonly number[]): number {
  const pairs = (places.length * (places.length - 1)) / 2;
  if (pairs === 0) return 0;
  const same = [...Map.groupBy(places, (place) => place).values()].reduce(
    (sum, { length }) => sum + (length * (length - 1)) / 2,
    0,
  );
  return 1 - same / pairs;
}
