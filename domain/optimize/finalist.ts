import type { CandidateId } from './ask.ts';
import { meanOf, scoreOf, sum } from './entry.ts';
import { bestIndex, poolMeans, validationRow } from './run.ts';
import type { Search } from './state.ts';

/** Finalist minus incumbent over the validation examples both are scored on. */
export type PairedDifference = {
  readonly mean: number;
  readonly n: number;
  /** Standard error of the mean; null below two examples. */
  readonly se: number | null;
};

export type Finalist =
  | { readonly candidate: CandidateId; readonly index: number; readonly paired: PairedDifference }
  | { readonly candidate: null; readonly reason: string };

// Differences of equal scores summed in floating point stay below this.
const NOISE = 1e-9;

/** The candidate to take to the gate: the best validation mean (ties: the shortest text) above the incumbent, paired. */
export function chooseFinalist(search: Search): Finalist {
  if (search.pool.length === 0)
    return { candidate: null, reason: 'the incumbent could not be measured' };
  if (search.pool.length === 1) return { candidate: null, reason: 'no candidate was accepted' };
  if (!search.options.mends.pairedFinalist) return bestOfReference(search);
  const [best] = rank(search).flatMap((index) => {
    const paired = pairedDifference(search, index);
    return paired !== null && paired.mean > NOISE ? [{ index, paired }] : [];
  });
  const { standardErrors } = search.options;
  const floor = standardErrors === 0 ? 0 : standardErrors * (best?.paired.se ?? Infinity);
  if (best !== undefined && best.paired.mean > floor + NOISE)
    return { candidate: search.pool[best.index]!.candidate, ...best };
  const errors = `standard error${standardErrors === 1 ? '' : 's'}`;
  const by = standardErrors === 0 ? '' : ` by more than ${standardErrors} ${errors}`;
  return {
    candidate: null,
    reason: `no candidate exceeds the incumbent on paired validation${by}`,
  };
}

/** Null where no example is scored for both. */
export function pairedDifference(search: Search, index: number): PairedDifference | null {
  const [ours, theirs] = [index, 0].map((at) =>
    validationRow(search, search.pool[at]!).map(scoreOf),
  );
  const differences = ours!.flatMap((score, at) => {
    const other = theirs![at] ?? null;
    return score !== null && other !== null ? [score - other] : [];
  });
  const mean = meanOf(differences);
  if (mean === null) return null;
  const n = differences.length;
  const squares = sum(differences.map((difference) => (difference - mean) ** 2));
  return { mean, n, se: n < 2 ? null : Math.sqrt(squares / (n - 1) / n) };
}

function bestOfReference(search: Search): Finalist {
  const index = bestIndex(search);
  const paired = pairedDifference(search, index);
  if (index === 0 || paired === null)
    return { candidate: null, reason: 'the incumbent has the best validation mean' };
  return { candidate: search.pool[index]!.candidate, index, paired };
}

function rank(search: Search): readonly number[] {
  const means = poolMeans(search);
  const lengths = search.pool.map(({ candidate }) =>
    sum(Object.values(search.candidates[candidate]!).map((hash) => search.texts[hash] ?? 0)),
  );
  // Equal scores in another order add up to another last bit: the length, not the rounding, breaks such ties.
  const steps = means.map((mean) => Math.round(mean / NOISE));
  const order = search.pool.map((_, index) => index).slice(1);
  return order.sort((a, b) => steps[b]! - steps[a]! || lengths[a]! - lengths[b]! || a - b);
}
