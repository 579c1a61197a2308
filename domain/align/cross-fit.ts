import { crossFittingFolds } from '../promote/folds.ts';

/** One fold: the items to learn from, and the items to judge with what was learned. */
export type Fold = {
  readonly fold: number;
  readonly train: readonly string[];
  readonly test: readonly string[];
};

/**
 * Five folds by conversation: each item is tested once, by a judge that saw no item of its conversation. Folds without
 * items are left out, so fewer than five conversations give fewer folds. Items by name, in order.
 */
export function crossFit(
  items: readonly { readonly item: string; readonly conversation: string }[],
  salt: string,
): readonly Fold[] {
  const folds = crossFittingFolds(
    items.map(({ conversation }) => conversation),
    salt,
  );
  const foldOf = ({ conversation }: { readonly conversation: string }): number =>
    folds[conversation]!;
  const sorted = [...items].sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
  return [...new Set(items.map(foldOf))]
    .sort((a, b) => a - b)
    .map((fold) => ({
      fold,
      train: sorted.filter((item) => foldOf(item) !== fold).map(({ item }) => item),
      test: sorted.filter((item) => foldOf(item) === fold).map(({ item }) => item),
    }));
}
