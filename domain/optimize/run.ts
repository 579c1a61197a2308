import { hashJson } from '../../contracts/hash.ts';
import type { Random } from '../random.ts';
import type { CandidateId } from './ask.ts';
import { meanOf, scoreOf } from './entry.ts';
import type { Entry } from './entry.ts';
import type { OptimizeEvent, StopReason } from './event.ts';
import { frontsOf } from './frontier.ts';
import type { Front } from './frontier.ts';
import type { Components } from './merge.ts';
import type { Member, Search } from './state.ts';

/** One turn's private copy of the search, its generator and the events so far. */
export type Run = {
  readonly search: Search;
  readonly random: Random;
  readonly events: OptimizeEvent[];
};

/** What a stage leaves behind: further work of its round (asks may be open), or a finished round. */
export type StageEnd = 'go on' | 'round over';

/** The id of a candidate: equal components give equal ids. */
export const candidateId = (components: Components): CandidateId => hashJson({ ...components });

/** The validation entries of a member of the pool, in validation order. */
export function validationRow(search: Search, member: Member): readonly (Entry | undefined)[] {
  const entries = search.results[member.results] ?? {};
  return search.validation.map((ordinal) => entries[ordinal]);
}

/** The mean validation score of each member; -Infinity where nothing is scored. */
export const poolMeans = (search: Search): readonly number[] =>
  search.pool.map((member) => meanOf(validationRow(search, member).map(scoreOf)) ?? -Infinity);

/** The member with the highest mean; ties go to greater coverage, then to the earliest. */
export function bestIndex(search: Search): number {
  const means = poolMeans(search);
  const coverage = search.pool.map((member) => covered(search, member));
  return means.reduce((best, mean, index) => {
    if (mean > means[best]!) return index;
    return mean === means[best] && coverage[index]! > coverage[best]! ? index : best;
  }, 0);
}

/** How many validation examples of a member are scored. */
export const covered = (search: Search, member: Member): number =>
  validationRow(search, member).filter((entry) => scoreOf(entry) !== null).length;

export const poolFronts = (search: Search): readonly Front[] =>
  frontsOf({
    frontier: search.options.frontier,
    validation: search.validation.map((ordinal) => search.examples[ordinal]!),
    objectives: search.options.objectives,
    entries: search.pool.map((member) => validationRow(search, member)),
  });

export const idsOf = (search: Search, ordinals: readonly number[]): readonly string[] =>
  ordinals.map((ordinal) => search.examples[ordinal]!);

/** Ends the search with a named reason. */
export function finish(run: Run, reason: StopReason, detail: string): void {
  run.search.stop = { reason, detail };
  run.events.push({ kind: 'stop', iteration: run.search.totals.iterations, reason, detail });
}

export type Drop = {
  readonly iteration: number;
  readonly parents: readonly number[];
  readonly candidate: CandidateId | null;
  readonly reason: string;
  readonly detail: string;
};

/** Reports a proposal that goes no further; `reason` is a stable word. */
export function drop(run: Run, dropped: Drop): void {
  const { totals } = run.search;
  totals.dropped[dropped.reason] = (totals.dropped[dropped.reason] ?? 0) + 1;
  run.events.push({ kind: 'drop', ...dropped });
}
