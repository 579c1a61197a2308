import { scoreOf, sum } from './entry.ts';
import { charge, scoresOf } from './pairs.ts';
import { idsOf } from './run.ts';
import type { Run, StageEnd } from './run.ts';
import type { Search } from './state.ts';
import { openValidation } from './validate.ts';

/** Judges a tested merge: it must reach the better parent on the subsample, then it is validated. */
export function finishMerge(run: Run): StageEnd {
  const { search, events } = run;
  const { iteration, merge } = search.round;
  const { i, j, candidate, ordinals } = merge!;
  const parents = [i, j];
  const scores = scoresOf(search, merge!);
  events.push({
    kind: 'merge_eval',
    iteration,
    parents,
    exampleIds: idsOf(search, ordinals),
    scores,
  });
  charge(run, iteration, [merge!.ask]);
  const rows = [scoresAt(search, i, ordinals), scoresAt(search, j, ordinals), scores];
  const joint = ordinals.flatMap((_, at) => (rows.every((row) => row[at] !== null) ? [at] : []));
  const [ofI, ofJ, merged] = rows.map((row) => sum(joint.map((at) => row[at]!))) as [
    number,
    number,
    number,
  ];
  events.push({
    kind: 'merge_attempt',
    iteration,
    parents,
    candidate,
    sums: { i: ofI, j: ofJ, merged },
  });
  search.merge.tested += 1;
  if (joint.length > 0 && merged >= Math.max(ofI, ofJ)) {
    openValidation(run, [{ candidate, parents, newSum: merged, merged: true }]);
    return 'go on';
  }
  if (search.options.mends.boundMerges) search.merge.due -= 1;
  search.totals.rejected += 1;
  events.push({ kind: 'merge_reject', iteration, parents });
  return 'round over';
}

const scoresAt = (
  search: Search,
  index: number,
  ordinals: readonly number[],
): readonly (number | null)[] => {
  const entries = search.results[search.pool[index]!.results] ?? {};
  return ordinals.map((ordinal) => scoreOf(entries[ordinal]));
};
