import type { ValueType } from '../../contracts/value.ts';
import { fleissKappa } from '../align/fleiss.ts';
import { cohenKappa, countPairs, disagreementOf } from '../align/kappa.ts';
import {
  alphaOfCoincidences,
  coincidencesOf,
  krippendorffAlpha,
  UnorderedValueError,
} from '../align/krippendorff.ts';
import { resampleClusters } from '../align/resample.ts';
import { type Disputed, disputedItems } from './disputed.ts';

/** What one rater said of one item; of a rater and item the last counts. */
export type Rating = {
  readonly item: string;
  /** Items of one cluster (a conversation) are drawn together for the intervals. */
  readonly cluster: string;
  readonly rater: string;
  readonly value: string;
};

export type ReliabilityOptions = {
  /** Values from lowest to highest makes the level ordinal; absent: nominal. */
  readonly order?: readonly string[];
  readonly seed: string;
  readonly resamples?: number;
};

type Interval = { readonly low: number; readonly high: number } | null;

/** How far several raters agree. Figures are null where they are undefined, intervals also where they would not hold. */
export type Reliability = {
  readonly level: 'nominal' | 'ordinal';
  readonly order: readonly string[] | null;
  readonly items: number;
  readonly labels: number;
  /** Labels by rater. */
  readonly raters: Readonly<Record<string, number>>;
  /** Krippendorff's alpha over all items with two labels or more. */
  readonly alpha: number | null;
  readonly alphaInterval: Interval;
  /** Fleiss' kappa over the items that every rater labelled. */
  readonly fleiss: number | null;
  readonly fleissInterval: Interval;
  readonly fleissItems: number;
  /** Cohen's kappa of each two raters on what both labelled; weighted by squared distance where the level is ordinal. */
  readonly cohen: readonly {
    readonly raters: readonly [string, string];
    readonly items: number;
    readonly agreement: number | null;
    readonly kappa: number | null;
    readonly interval: Interval;
  }[];
  /** Share of pairs of labels of one item that say the same. */
  readonly agreement: number | null;
  /** Share of labels by value. */
  readonly prevalence: Readonly<Record<string, number>>;
  /** Items whose labels are furthest apart, for a talk. */
  readonly disputed: readonly Disputed[];
};

type Item = {
  readonly item: string;
  readonly cluster: string;
  /** Places of the values by rater. */
  readonly said: ReadonlyMap<string, number>;
};

/** Agreement of several raters, with bootstrap intervals over clusters. @throws UnorderedValueError */
export function reliabilityOf(
  ratings: readonly Rating[],
  options: ReliabilityOptions,
): Reliability {
  const level = options.order === undefined ? 'nominal' : 'ordinal';
  const values = options.order ?? [...new Set(ratings.map(({ value }) => value))].sort();
  const items = itemsOf(ratings, values);
  const names = [...new Set(ratings.map(({ rater }) => rater))].sort();
  const labels = items.reduce((sum, { said }) => sum + said.size, 0);
  const interval = (rows: readonly Item[], statistic: (rows: readonly Item[]) => number | null) =>
    resampleClusters({
      rows,
      clusterOf: ({ cluster }) => cluster,
      statistic,
      seed: options.seed,
      ...(options.resamples !== undefined && { resamples: options.resamples }),
    }).interval;
  const complete = items.filter(({ said }) => names.length > 1 && said.size === names.length);
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const rest = { values, level } as const;
  return {
    level,
    order: options.order ?? null,
    items: items.length,
    labels,
    raters: Object.fromEntries(
      names.map((name) => [name, items.filter(({ said }) => said.has(name)).length]),
    ),
    ...alphaOf(items, rest, interval),
    fleiss: fleiss(complete),
    fleissInterval: interval(complete, fleiss),
    fleissItems: complete.length,
    cohen: pairs.map((raters) => cohenOf(items, { ...rest, raters }, interval)),
    agreement: pairwise(items),
    prevalence: Object.fromEntries(
      values.map((value, at) => [
        value,
        items.flatMap(({ said }) => [...said.values()]).filter((place) => place === at).length /
          Math.max(1, labels),
      ]),
    ),
    disputed: disputedItems(items, values),
  };
}

const fleiss = (rows: readonly Item[]): number | null =>
  fleissKappa(rows.map(({ said }) => [...said.values()]));

function itemsOf(ratings: readonly Rating[], values: readonly string[]): readonly Item[] {
  const places = new Map(values.map((value, at) => [value, at]));
  return [...Map.groupBy(ratings, ({ item }) => item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([item, own]) => ({
      item,
      cluster: own[0]!.cluster,
      said: new Map(
        own.map(({ rater, value }) => {
          const place = places.get(value);
          if (place === undefined) throw new UnorderedValueError(value, values);
          return [rater, place];
        }),
      ),
    }));
}

type Scale = { readonly values: readonly string[]; readonly level: 'nominal' | 'ordinal' };
type Bootstrap = (
  rows: readonly Item[],
  statistic: (rows: readonly Item[]) => number | null,
) => Interval;

function alphaOf(items: readonly Item[], { values, level }: Scale, interval: Bootstrap) {
  const rows = new Map(items.map((item) => [item, coincidencesOf([...item.said.values()])]));
  const size = values.length;
  const statistic = (drawn: readonly Item[]): number | null =>
    alphaOfCoincidences(
      drawn.map((item) => rows.get(item)!),
      { size, level },
    );
  const said = items.map((item) => [...item.said.values()].map((place) => values[place]!));
  const alpha =
    level === 'ordinal'
      ? krippendorffAlpha(said, { level, order: values })
      : krippendorffAlpha(said);
  return { alpha, alphaInterval: interval(items, statistic) };
}

function cohenOf(
  items: readonly Item[],
  { values, level, raters }: Scale & { readonly raters: readonly [string, string] },
  interval: Bootstrap,
): Reliability['cohen'][number] {
  const [a, b] = raters;
  const both = items.filter(({ said }) => said.has(a) && said.has(b));
  const disagreement = disagreementOf(typeOf({ values, level }), values);
  const statistic = (rows: readonly Item[]): number | null => {
    const pairs = rows.map(({ said }) => ({ person: said.get(a)!, judge: said.get(b)! }));
    return cohenKappa(countPairs(pairs, values.length), disagreement);
  };
  const same = both.filter(({ said }) => said.get(a) === said.get(b)).length;
  return {
    raters,
    items: both.length,
    agreement: both.length === 0 ? null : same / both.length,
    kappa: statistic(both),
    interval: interval(both, statistic),
  };
}

/** The values as a judge's categories; on a scale at equal distances. */
const typeOf = ({ values, level }: Scale): ValueType => ({
  type: 'categories',
  categories: Object.fromEntries(
    values.map((value, at) => [value, values.length < 2 ? 0 : at / (values.length - 1)]),
  ),
  ordinal: level === 'ordinal',
});

function pairwise(items: readonly Item[]): number | null {
  let [same, all] = [0, 0];
  for (const { said } of items) {
    const places = [...said.values()];
    for (const [i, a] of places.entries())
      for (const b of places.slice(i + 1)) {
        all += 1;
        if (a === b) same += 1;
      }
  }
  return all === 0 ? null : same / all;
}
