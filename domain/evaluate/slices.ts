import { type Aggregate, aggregate, type ScoredRow } from './aggregate.ts';

export type TaggedRow = ScoredRow & { readonly tags: Readonly<Record<string, string>> };

/** Figures of the rows with one tag. Exploratory: many slices are looked at, and some stand out by chance. */
export type Slice = { readonly tag: string; readonly value: string; readonly found: Aggregate };

/** A tag with more values than this tells rows apart, not kinds of rows. */
const MOST_VALUES = 20;

/** An aggregate for each value of each tag, by tag and value; tags with one value or more than 20 are left out. */
export function slices(rows: readonly TaggedRow[]): readonly Slice[] {
  const tags = [...new Set(rows.flatMap((row) => Object.keys(row.tags)))].sort();
  return tags.flatMap((tag) => {
    const byValue = Map.groupBy(
      rows.filter((row) => row.tags[tag] !== undefined),
      (row) => row.tags[tag]!,
    );
    if (byValue.size < 2 || byValue.size > MOST_VALUES) return [];
    return [...byValue]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, found]) => ({ tag, value, found: aggregate(found) }));
  });
}
