import type { Value, ValueType } from '../../contracts/value.ts';
import type { Rating } from '../label/consensus.ts';
import { resampleClusters } from '../statistics/resample.ts';
import { agrees, targetsOf } from './units.ts';

/** One labelled output with the values of two judges. */
export type PairedItem = {
  readonly item: string;
  readonly conversation: string;
  readonly labels: readonly Rating[];
  readonly base: Value | null;
  readonly aligned: Value | null;
};

/** Agreement of the aligned judge less that of the base judge, over targets that both judged. */
export type PairedDifference = {
  readonly mean: number;
  /** One-sided 90 % lower bound; -1, the least there is, where the labels give none. */
  readonly lower90: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly n: number;
};

/** Paired difference in accuracy with bounds by cluster bootstrap over conversations; null without a pair. */
export function pairedDifference(of: {
  readonly items: readonly PairedItem[];
  readonly type: ValueType;
  readonly seed: string;
}): PairedDifference | null {
  const values = new Map(of.items.map((item) => [item.item, item]));
  const rows = targetsOf(of.items, of.type).flatMap(({ item, conversation, person }) => {
    const { base, aligned } = values.get(item)!;
    if (base === null || aligned === null) return [];
    const right = (value: Value): number => Number(agrees(of.type, [person, value]));
    return [{ conversation, difference: right(aligned) - right(base) }];
  });
  if (rows.length === 0) return null;
  const { interval, lower90 } = resampleClusters({
    rows,
    clusterOf: ({ conversation }) => conversation,
    statistic: mean,
    seed: of.seed,
  });
  return { mean: mean(rows), lower90: lower90 ?? -1, interval, n: rows.length };
}

function mean(rows: readonly { readonly difference: number }[]): number {
  return rows.reduce((sum, { difference }) => sum + difference, 0) / rows.length;
}
