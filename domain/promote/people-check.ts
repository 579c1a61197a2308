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
  /** Examples with both outputs labelled. */
  readonly labelled: number;
  /** Clusters labelled in full. */
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
  const totals = peopleTotals(examples);
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
    clusters: totals.labelled.length,
    raw: valueMean(differences),
    corrected: ppiMean(totals),
    rates,
    roganGladen: finalist === null || incumbent === null ? null : finalist - incumbent,
  };
}

/** Below this many clusters (or all that were asked for, where fewer were) the check settles nothing. */
const LEAST_CHECKED = 20;

/** Why the check that the policy asks for does not count, or null when it does. */
export function peopleFault({ clusters }: PeopleCheck, asked: number): string | null {
  const least = Math.min(LEAST_CHECKED, asked);
  if (clusters >= least) return null;
  return `the policy asks people to check the new outputs, and they labelled ${clusters} of ${asked} conversations in full; at least ${least} are needed`;
}

/** Upper bound of the difference as people see it: PPI++, or people alone where they labelled every cluster. */
export function peopleUpper({ corrected, raw }: PeopleCheck): number | null {
  // Without any spread people's mean is its own bound.
  return corrected?.upper ?? raw?.upper ?? raw?.mean ?? null;
}

/** The result of the check in one sentence. */
export function peopleNote({
  labelled,
  clusters,
  raw,
  corrected,
  roganGladen: rates,
}: PeopleCheck): string {
  const by = `People, blind to the arm, checked both outputs of ${labelled} examples in ${clusters} conversations`;
  if (raw === null) return `${by}: too few for a figure.`;
  const alone =
    raw.lower === null || raw.upper === null
      ? `${by}: difference ${at(raw.mean)} by people alone`
      : `${by}: difference ${at(raw.mean)} by people alone (95 % ${at(raw.lower)} to ${at(raw.upper)})`;
  const ppi =
    corrected === null
      ? ''
      : `; ${at(corrected.estimate)} (95 % ${at(corrected.lower)} to ${at(corrected.upper)}) with the judge's scores of the rest (PPI++)`;
  const gladen =
    rates === null
      ? ''
      : `; ${at(rates)} by the judge's pass rates, each corrected by its arm's errors (Rogan-Gladen)`;
  return `${alone}${ppi}${gladen}.`;
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
