import { remaining } from './budget.ts';
import { scoreOf } from './entry.ts';
import { scheduleMerge } from './merging.ts';
import { askEvaluation, charge, entriesOf, missingOrdinals } from './pairs.ts';
import { bestIndex, covered, drop, poolFronts, poolMeans, validationRow } from './run.ts';
import type { Run, StageEnd } from './run.ts';
import type { Addition, Search } from './state.ts';

export type Passed = Omit<Addition, 'ask'>;

/** Opens the validation passes of candidates that passed their test, in that order, as far as the budget goes. */
export function openValidation(run: Run, passed: readonly Passed[]): void {
  const { search } = run;
  const { round } = search;
  const { iteration } = round;
  round.stage = 'validate';
  for (const { ...addition } of passed) {
    const { candidate, parents } = addition;
    const pass = { candidate, ordinals: search.validation, cached: true };
    if (missingOrdinals(search, pass).length > remaining(search)) {
      const detail = 'it passed its test, but the budget does not cover its validation';
      drop(run, { iteration, parents, candidate, reason: 'budget', detail });
      continue;
    }
    const id = `${iteration}.validate.${round.additions.length}`;
    const ask = askEvaluation(run, { ...pass, id, iteration, part: 'validation' });
    round.additions.push({ ...addition, ask });
  }
}

/** Takes the validated candidates into the pool, in order. */
export function finishValidation(run: Run): StageEnd {
  const { search } = run;
  const { iteration, additions } = search.round;
  for (const addition of additions) {
    const discovery = search.totals.rollouts;
    charge(run, iteration, [addition.ask]);
    addMember(run, { ...addition, discovery });
  }
  return 'round over';
}

/** Adds a validated candidate unless too little of it is scored or it loses where the incumbent must be kept. */
export function addMember(run: Run, addition: Addition & { readonly discovery?: number }): void {
  const { search, events } = run;
  const { iteration } = search.round;
  const { candidate, parents, newSum, merged } = addition;
  const index = search.pool.length;
  const member = {
    candidate,
    parents,
    results: search.options.mends.payOnce ? candidate : `v${index}`,
    discovery: addition.discovery ?? search.totals.rollouts,
    pointer: Math.max(0, ...parents.map((parent) => search.pool[parent]!.pointer)),
  };
  if (member.results !== candidate) copyEntries(search, addition, member.results);
  const fault = faultOf(search, member.results);
  search.totals.validations += 1;
  if (fault !== null) {
    drop(run, { iteration, parents, candidate, ...fault });
    return;
  }
  search.pool.push(member);
  const best = bestIndex(search) === index;
  const mean = poolMeans(search)[index]!;
  const scores = validationRow(search, member).map(scoreOf);
  events.push({
    kind: 'val',
    iteration,
    index,
    candidate,
    scores,
    mean,
    best,
    fronts: poolFronts(search),
  });
  if (merged) acceptMerge(run, { index, parents });
  events.push({ kind: 'accept', iteration, index, candidate, newSum, parents });
  if (!merged && iteration > 0) scheduleMerge(search);
}

function acceptMerge(
  { search, events }: Run,
  { index, parents }: { readonly index: number; readonly parents: readonly number[] },
): void {
  search.merge.due -= 1;
  search.merge.accepted += 1;
  events.push({ kind: 'merge_accept', iteration: search.round.iteration, index, parents });
}

function copyEntries(search: Search, { ask, candidate }: Addition, key: string): void {
  const ordinals = search.validation;
  const entries = entriesOf(search, { ask, candidate, ordinals });
  search.results[key] = Object.fromEntries(ordinals.map((ordinal, at) => [ordinal, entries[at]!]));
}

function faultOf(search: Search, results: string): { reason: string; detail: string } | null {
  const { options, validation, examples, pool } = search;
  const probe = { ...pool[0]!, results };
  const n = covered(search, probe);
  if (options.mends.leaveOutUnscored && n < Math.max(1, options.coverage * validation.length))
    return {
      reason: 'unscored',
      detail: `only ${n} of ${validation.length} validation examples were scored`,
    };
  const lost = options.keep.filter((id) => {
    const ordinal = examples.indexOf(id);
    const [ours, theirs] = [results, pool[0]!.results].map((key) =>
      scoreOf(search.results[key]?.[ordinal]),
    );
    return typeof theirs === 'number' && !(typeof ours === 'number' && ours >= theirs);
  });
  if (lost.length === 0) return null;
  return { reason: 'regression', detail: `it is worse than the incumbent on ${lost.join(', ')}` };
}
