import type { AgreementReport } from '../../contracts/report.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import { categoriesOf, scoreOf } from '../evaluate/scale.ts';
import { intervalOf, scoreMean } from './mean.ts';
import { cohenKappa, countPairs, disagreementOf, type IndexedPair } from './kappa.ts';
import { resampleClusters } from './resample.ts';
import { agrees, type JudgedItem, targetsOf } from '../align/units.ts';

/** A judge's value beside a person's. */
export type Pair = { readonly conversation: string; readonly person: Value; readonly judge: Value };

export type Agreement = AgreementReport & {
  /** Items without a value of the judge: in no figure. */
  readonly missing: number;
  readonly contested: number;
  readonly clusters: number;
  /** Resamples in which kappa is undefined; above 5 % there is no interval. */
  readonly undefinedResamples: number;
};

/** Scores from here on are positive: true positive rate is agreement where people see a pass. */
const PASS = 0.5;

/**
 * How far a judge agrees with people. n counts targets: a consensus item once, a contested one for each of its raters.
 * Accuracy has a clustered Wilson interval (the bootstrap gives none at 0 and 1), kappa a bootstrap one over conversations.
 */
export function agreement(of: {
  readonly items: readonly JudgedItem[];
  readonly type: ValueType;
  readonly seed: string;
}): Agreement {
  const { type } = of;
  const values = new Map(of.items.map(({ item, value }) => [item, value]));
  const targets = targetsOf(of.items, type);
  const pairs = targets.flatMap(({ item, conversation, person }) => {
    const judge = values.get(item) ?? null;
    return judge === null ? [] : [{ conversation, person, judge }];
  });
  const items = new Set(targets.map(({ item }) => item));
  return {
    ...accuracyOf(pairs, type),
    ...kappaOf({ pairs, type, seed: of.seed }),
    ...ratesOf(pairs, type),
    confusion: confusionOf(pairs, type),
    missing: [...items].filter((item) => (values.get(item) ?? null) === null).length,
    contested: contestedAmong(targets),
  };
}

/** The part of an agreement that reports hold. */
export function agreementReportOf(found: Agreement): AgreementReport {
  return {
    n: found.n,
    accuracy: found.accuracy,
    accuracyInterval: found.accuracyInterval,
    kappa: found.kappa,
    kappaInterval: found.kappaInterval,
    kappaLower90: found.kappaLower90,
    truePositiveRate: found.truePositiveRate,
    trueNegativeRate: found.trueNegativeRate,
    prevalence: found.prevalence,
    confusion: found.confusion,
  };
}

function accuracyOf(pairs: readonly Pair[], type: ValueType) {
  const mean = scoreMean(
    pairs.map(({ conversation, person, judge }) => ({
      cluster: conversation,
      value: Number(agrees(type, [person, judge])),
    })),
  );
  return {
    n: pairs.length,
    clusters: mean?.clusters ?? 0,
    accuracy: mean?.mean ?? null,
    accuracyInterval: intervalOf(mean),
  };
}

function kappaOf(of: {
  readonly pairs: readonly Pair[];
  readonly type: ValueType;
  readonly seed: string;
}) {
  const values = valuesSeen(of.pairs, of.type);
  const disagreement = disagreementOf(of.type, values);
  const index = new Map(values.map((value, at) => [value, at]));
  const indexed = of.pairs.map(({ conversation, person, judge }) => ({
    conversation,
    person: index.get(person)!,
    judge: index.get(judge)!,
  }));
  const statistic = (rows: readonly IndexedPair[]): number | null =>
    cohenKappa(countPairs(rows, values.length), disagreement);
  const resampled = resampleClusters({
    rows: indexed,
    clusterOf: ({ conversation }) => conversation,
    statistic,
    seed: of.seed,
  });
  return {
    kappa: statistic(indexed),
    kappaInterval: resampled.interval,
    kappaLower90: resampled.lower90,
    undefinedResamples: resampled.undefinedResamples,
  };
}

function ratesOf(pairs: readonly Pair[], type: ValueType) {
  const scored = pairs.flatMap(({ person, judge }) => {
    const [a, b] = [scoreOf(type, person), scoreOf(type, judge)];
    return a === null || b === null ? [] : [{ person: a >= PASS, judge: b >= PASS }];
  });
  const positive = scored.filter(({ person }) => person);
  const negative = scored.filter(({ person }) => !person);
  return {
    truePositiveRate: share(positive.filter(({ judge }) => judge).length, positive.length),
    trueNegativeRate: share(negative.filter(({ judge }) => !judge).length, negative.length),
    prevalence: share(positive.length, scored.length),
  };
}

function share(part: number, of: number): number | null {
  return of === 0 ? null : part / of;
}

function confusionOf(
  pairs: readonly Pair[],
  type: ValueType,
): Record<string, Record<string, number>> {
  const names = valuesSeen(pairs, type).map(String);
  const table = Object.fromEntries(
    names.map((person) => [person, Object.fromEntries(names.map((judge) => [judge, 0]))]),
  );
  for (const { person, judge } of pairs) table[String(person)]![String(judge)]! += 1;
  return table;
}

/** The values in use, in the order of the scale or of the categories, so that tables read well. */
function valuesSeen(pairs: readonly Pair[], type: ValueType): readonly Value[] {
  const seen = [...new Set(pairs.flatMap(({ person, judge }) => [person, judge]))];
  const listed: readonly Value[] =
    type.type === 'categories'
      ? categoriesOf(type)
      : type.type === 'boolean'
        ? [type.pass, !type.pass]
        : [];
  const rank = (value: Value): number =>
    listed.includes(value) ? listed.indexOf(value) : Infinity;
  return seen.sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (x !== y) return x < y ? -1 : 1;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a) < String(b) ? -1 : 1;
  });
}

function contestedAmong(targets: readonly { readonly item: string }[]): number {
  return [...Map.groupBy(targets, ({ item }) => item).values()].filter((group) => group.length > 1)
    .length;
}
