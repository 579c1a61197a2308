import { valueMean } from '../statistics/mean.ts';
import type { MeanInterval } from '../statistics/mean.ts';
import { ppiMean } from '../statistics/ppi.ts';
import type { Corrected } from '../statistics/ppi.ts';
import { judgeRates, roganGladen } from '../statistics/rogan-gladen.ts';
import type { JudgeRates } from '../statistics/rogan-gladen.ts';
import { createStream, permutation } from '../statistics/stream.ts';
import type { GateArm } from './gate-record.ts';
import { peopleTotals } from './people-totals.ts';

export const CHECKED_CLUSTERS = 30;

/** One sealed example: the judge's score of both outputs, and people's where they labelled both. */
export type CheckedExample = {
  readonly example: string;
  readonly cluster: string;
  readonly judge: Readonly<Record<GateArm, number>>;
  readonly person: Readonly<Record<GateArm, number>> | null;
};

export type PeopleCheck = {
  readonly labelled: number;
  readonly clusters: number;
  /** Finalist minus incumbent by people alone, 95 % interval. */
  readonly raw: MeanInterval | null;
  /** The same with the judge's word on the rest (PPI++). */
  readonly corrected: Corrected | null;
  readonly rates: Readonly<Record<GateArm, JudgeRates | null>>;
  /** Difference of pass rates, each corrected by its arm's rates; null for a judge too weak. */
  readonly roganGladen: number | null;
};

/** The simple random subsample of sealed clusters that people label, fixed by the policy hash. */
export function clustersToCheck(input: {
  readonly clusters: readonly string[];
  readonly seed: string;
  readonly count?: number;
}): string[] {
  const sorted = [...new Set(input.clusters)].sort();
  const order = permutation(sorted.length, createStream(`${input.seed}/people`));
  const chosen = order.slice(0, input.count ?? CHECKED_CLUSTERS);
  return chosen.flatMap((place) => sorted[place] ?? []).sort();
}

/** What people's labels say of the finalist, and how far the judge was fooled (item 5 of the gate). */
export function checkByPeople(examples: readonly CheckedExample[]): PeopleCheck {
  const labelled = examples.filter(({ person }) => person !== null);
  const differences = labelled.flatMap(({ cluster, person }) =>
    person === null ? [] : [{ cluster, value: person.finalist - person.incumbent }],
  );
  const rates = {
    incumbent: ratesOf(labelled, 'incumbent'),
    finalist: ratesOf(labelled, 'finalist'),
  };
  const finalist = trueRate(examples, { arm: 'finalist', rates: rates.finalist });
  const incumbent = trueRate(examples, { arm: 'incumbent', rates: rates.incumbent });
  return {
    labelled: labelled.length,
    clusters: new Set(labelled.map(({ cluster }) => cluster)).size,
    raw: valueMean(differences),
    corrected: ppiMean(peopleTotals(examples)),
    rates,
    roganGladen: finalist === null || incumbent === null ? null : finalist - incumbent,
  };
}

/** The result of the check in one sentence. */
export function peopleNote({ labelled, clusters, raw, corrected }: PeopleCheck): string {
  const by = `People checked both outputs of ${labelled} examples in ${clusters} conversations`;
  if (raw === null || corrected === null) return `${by}: too few for an interval.`;
  return `${by}: difference ${at(raw.mean)} by people alone, ${at(corrected.estimate)} (95 % ${at(corrected.lower)} to ${at(corrected.upper)}) with the judge's scores of the rest (PPI++).`;
}

const at = (value: number) => value.toFixed(3);

const passes = (score: number) => score >= 0.5;

function ratesOf(labelled: readonly CheckedExample[], arm: GateArm): JudgeRates | null {
  return judgeRates(
    labelled.flatMap(({ judge, person }) =>
      person === null ? [] : [{ judge: passes(judge[arm]), person: passes(person[arm]) }],
    ),
  );
}

function trueRate(
  examples: readonly CheckedExample[],
  { arm, rates }: { readonly arm: GateArm; readonly rates: JudgeRates | null },
): number | null {
  const passed = examples.filter(({ judge }) => passes(judge[arm])).length;
  return rates === null ? null : roganGladen(passed / examples.length, rates);
}
