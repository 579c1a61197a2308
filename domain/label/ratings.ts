import type { Label } from '../../contracts/label.ts';
import type { SessionItem } from '../../contracts/session.ts';
import { currentLabels, itemKey } from './consensus.ts';
import type { Rating } from './reliability.ts';

/** The labels of a session's items as agreement wants them: the last of each rater that came in time, with the weight of its item. */
export function ratingsOfItems(
  items: readonly SessionItem[],
  labels: readonly Label[],
): readonly Rating[] {
  const weights = new Map(items.map((item) => [itemKey(item), item.weight]));
  return currentLabels(labels.filter(({ late }) => !late)).flatMap((label) => {
    const item = itemKey(label);
    const weight = weights.get(item);
    if (weight === undefined) return [];
    const { example: cluster, rater, value } = label;
    return [{ item, cluster, rater, value: String(value), weight }];
  });
}
