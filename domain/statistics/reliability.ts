import type { ValueType } from '../../contracts/value.ts';
import { fleissOfTotals } from './fleiss.ts';
import { cohenKappa, disagreementOf } from './kappa.ts';
import { alphaOfTable, coincidencesOf, UnorderedValueError } from './krippendorff.ts';
import { type Addend, type Resampled, resampleSums } from './resample.ts';
import { type Disputed, disputedItems } from '../label/disputed.ts';

/** What one rater said of one item; of a rater and item the last counts. */
export type Rating = {
  readonly item: string;
  /** Items of one cluster (a conversation) are drawn together for the intervals. */
  readonly cluster: string;
  readonly rater: string;
  readonly value: string;
  /** Inverse of the item's chance of being chosen; null or absent where it is not known. */
  readonly weight?: number | null;
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
  /** Draws of the bootstrap that leave the figure undefined; above 5 % of them the interval is refused. */
  readonly alphaUndefinedDraws: number;
  /** Fleiss' kappa over the items that every rater labelled. */
  readonly fleiss: number | null;
  readonly fleissInterval: Interval;
  readonly fleissUndefinedDraws: number;
  readonly fleissItems: number;
  /** Cohen's kappa of each two raters on what both labelled; weighted by squared distance where the level is ordinal. */
  readonly cohen: readonly {
    readonly raters: readonly [string, string];
    readonly items: number;
    readonly agreement: number | null;
    readonly kappa: number | null;
    readonly interval: Interval;
    readonly undefinedDraws: number;
  }[];
  /** Share of pairs of labels of one item that say the same. */
  readonly agreement: number | null;
  /** Share of labels by value. */
  readonly prevalence: Readonly<Record<string, number>>;
  /**
   * The same of all outputs that could have been chosen, each item weighted by its inverse chance (Hajek 1971); null where a weight is not
   * known: the figures of such labels are not representative.
   */
  readonly estimated: Readonly<Record<string, number>> | null;
  /** Items whose labels are furthest apart, for a talk. */
  readonly disputed: readonly Disputed[];
};

type Item = {
  readonly item: string;
  readonly cluster: string;
  readonly weight: number | null;
  /** Places of the values by rater. */
  readonly said: ReadonlyMap<string, number>;
};

/** Sums that are too many to add up in every draw, as of texts that all differ: their figures stand without intervals. */
const MOST_SUMS = 10_000;

/** A figure that is a function of sums over items: the bootstrap adds them up again and again. */
type Figure = {
  readonly addendsOf: (item: Item) => readonly Addend[];
  readonly length: number;
  readonly statistic: (sums: Float64Array) => number | null;
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
  const complete = items.filter(({ said }) => names.length > 1 && said.size === names.length);
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const scale = { values, level } as const;
  const alpha = measured(items, alphaFigure(scale), options);
  const fleiss = measured(complete, fleissFigure(values.length, names.length), options);
  return {
    level,
    order: options.order ?? null,
    items: items.length,
    labels: items.reduce((sum, { said }) => sum + said.size, 0),
    raters: Object.fromEntries(
      names.map((name) => [name, items.filter(({ said }) => said.has(name)).length]),
    ),
    alpha: alpha.figure,
    alphaInterval: alpha.interval,
    alphaUndefinedDraws: alpha.undefinedResamples,
    fleiss: fleiss.figure,
    fleissInterval: fleiss.interval,
    fleissUndefinedDraws: fleiss.undefinedResamples,
    fleissItems: complete.length,
    cohen: pairs.map((raters) => cohenOf(items, { ...scale, raters }, options)),
    agreement: pairwise(items),
    prevalence: sharesOf(items, values, ({ said }) => said.size),
    estimated:
      items.length > 0 && items.every(({ weight }) => weight !== null)
        ? sharesOf(items, values, ({ weight }) => weight!)
        : null,
    disputed: disputedItems(items, values),
  };
}

function measured(
  items: readonly Item[],
  figure: Figure,
  { seed, resamples }: ReliabilityOptions,
): Pick<Resampled, 'interval' | 'undefinedResamples'> & { readonly figure: number | null } {
  const sums = new Float64Array(figure.length);
  for (const item of items) for (const { at, by } of figure.addendsOf(item)) sums[at]! += by;
  const { interval, undefinedResamples } = resampleSums({
    rows: items,
    clusterOf: ({ cluster }) => cluster,
    seed,
    ...figure,
    ...(resamples !== undefined && { resamples }),
    ...(figure.length > MOST_SUMS && { resamples: 0 }),
  });
  return {
    figure: items.length === 0 ? null : figure.statistic(sums),
    interval,
    undefinedResamples,
  };
}

/** Share of each value, an item counting as much as `weightOf` says, its labels equally. */
function sharesOf(
  items: readonly Item[],
  values: readonly string[],
  weightOf: (item: Item) => number,
): Readonly<Record<string, number>> {
  const sums = new Float64Array(values.length);
  let total = 0;
  for (const item of items) {
    const weight = weightOf(item);
    total += weight;
    for (const place of item.said.values()) sums[place]! += weight / item.said.size;
  }
  return Object.fromEntries(values.map((value, at) => [value, sums[at]! / Math.max(1, total)]));
}

function itemsOf(ratings: readonly Rating[], values: readonly string[]): readonly Item[] {
  const places = new Map(values.map((value, at) => [value, at]));
  return [...Map.groupBy(ratings, ({ item }) => item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([item, own]) => ({
      item,
      cluster: own[0]!.cluster,
      weight: own[0]!.weight ?? null,
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

function alphaFigure({ values, level }: Scale): Figure {
  const size = values.length;
  return {
    length: size * size,
    addendsOf: ({ said }) => coincidencesOf([...said.values()], size),
    statistic: (table) => alphaOfTable(table, { size, level }),
  };
}

/** Sums: how often each value was said; last, the ordered pairs of labels of one item that are equal. */
const fleissFigure = (size: number, raters: number): Figure => ({
  length: size + 1,
  addendsOf: ({ said }) =>
    [...Map.groupBy(said.values(), (place) => place)].flatMap(([at, { length }]) => [
      { at, by: length },
      { at: size, by: length * (length - 1) },
    ]),
  statistic: (sums) =>
    fleissOfTotals([...sums.subarray(0, size)], { agreeing: sums[size]!, raters }),
});

function cohenOf(
  items: readonly Item[],
  { values, level, raters }: Scale & { readonly raters: readonly [string, string] },
  options: ReliabilityOptions,
): Reliability['cohen'][number] {
  const [a, b] = raters;
  const both = items.filter(({ said }) => said.has(a) && said.has(b));
  const disagreement = disagreementOf(typeOf({ values, level }), values);
  const size = values.length;
  const { figure, interval, undefinedResamples } = measured(
    both,
    {
      length: size * size,
      addendsOf: ({ said }) => [{ at: said.get(a)! * size + said.get(b)!, by: 1 }],
      statistic: (counts) => cohenKappa(counts, disagreement),
    },
    options,
  );
  const same = both.filter(({ said }) => said.get(a) === said.get(b)).length;
  return {
    raters,
    items: both.length,
    agreement: both.length === 0 ? null : same / both.length,
    kappa: figure,
    interval,
    undefinedDraws: undefinedResamples,
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
