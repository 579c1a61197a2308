import type { Label } from '../../contracts/label.ts';
import type { SessionItem } from '../../contracts/session.ts';
import { NOT_APPLICABLE, type Value, type ValueType } from '../../contracts/value.ts';
import { fitsType } from '../evaluate/scale.ts';
import { itemKey, labelsInTime } from './consensus.ts';
import type { Rating, Reliability } from '../statistics/reliability.ts';

/**
 * The labels of a session's items as agreement wants them: the last of each rater that came in time, with the weight of its item. On an ordinal
 * level what is no value of the judge's scale (`not applicable`) is missing; on a nominal one it is a value of its own.
 */
export function ratingsOfItems(
  items: readonly Pick<SessionItem, 'example' | 'outputHash' | 'weight'>[],
  labels: readonly Label[],
  {
    clusters,
    type,
    ordinal,
  }: {
    /** The cluster of each example for the intervals: its conversation, near-duplicates together. */
    readonly clusters: ReadonlyMap<string, string>;
    readonly type: ValueType;
    readonly ordinal: boolean;
  },
): readonly Rating[] {
  const weights = new Map(items.map((item) => [itemKey(item), item.weight]));
  return labelsInTime(labels).flatMap((label) => {
    const item = itemKey(label);
    const weight = weights.get(item);
    if (weight === undefined || (ordinal && isOff(type, label.value))) return [];
    const { example, rater, value } = label;
    const cluster = clusters.get(example) ?? example;
    return [{ item, cluster, rater, value: String(value), weight }];
  });
}

const isOff = (type: ValueType, value: Value): boolean =>
  value === NOT_APPLICABLE || !fitsType(type, value);

export type Coefficient = {
  readonly name: string;
  readonly value: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly items: number;
};

/** The coefficients of agreement by the names the field has for them, those of two raters last. */
export function coefficientsOf(found: Reliability): readonly Coefficient[] {
  const kappa = found.level === 'ordinal' ? "Cohen's weighted kappa" : "Cohen's kappa";
  const { alpha, alphaInterval, items, fleiss, fleissInterval, fleissItems } = found;
  return [
    { name: "Krippendorff's alpha", value: alpha, interval: alphaInterval, items },
    { name: "Fleiss' kappa", value: fleiss, interval: fleissInterval, items: fleissItems },
    ...found.cohen.map(({ raters, kappa: value, ...rest }) => ({
      name: `${kappa}: ${raters.join(', ')}`,
      value,
      interval: rest.interval,
      items: rest.items,
    })),
  ];
}
