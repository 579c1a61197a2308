import type { RejectReason } from './accept.ts';
import type { CandidateId } from './ask.ts';
import type { Front } from './frontier.ts';

type Scores = readonly (number | null)[];
type At = { readonly iteration: number };

/** Every decision of the search, in order; indexes are positions in the pool of accepted candidates. */
export type OptimizeEvent =
  | (At & { readonly kind: 'seed'; readonly scores: Scores; readonly mean: number | null })
  | (At & { readonly kind: 'iteration'; readonly words: number; readonly rollouts: number })
  | (At & {
      readonly kind: 'merge_search';
      readonly candidates: readonly number[];
      readonly found: { readonly i: number; readonly j: number; readonly ancestor: number } | null;
    })
  | (At & {
      readonly kind: 'merge_eval';
      readonly parents: readonly number[];
      readonly exampleIds: readonly string[];
      readonly scores: Scores;
    })
  | (At & {
      readonly kind: 'merge_attempt';
      readonly parents: readonly number[];
      readonly candidate: CandidateId;
      readonly sums: { readonly i: number; readonly j: number; readonly merged: number };
    })
  | (At & {
      readonly kind: 'merge_accept';
      readonly index: number;
      readonly parents: readonly number[];
    })
  | (At & { readonly kind: 'merge_reject'; readonly parents: readonly number[] })
  | (At & { readonly kind: 'select'; readonly index: number })
  | (At & { readonly kind: 'batch'; readonly exampleIds: readonly string[] })
  | (At & { readonly kind: 'parent_eval'; readonly index: number; readonly scores: Scores })
  | (At & { readonly kind: 'skip'; readonly index: number; readonly reason: SkipReason })
  | (At & { readonly kind: 'reflect'; readonly ask: string; readonly component: string })
  | (At & { readonly kind: 'propose'; readonly texts: Readonly<Record<string, string>> })
  | (At & {
      readonly kind: 'child_eval';
      readonly parent: number;
      readonly candidate: CandidateId;
      readonly scores: Scores;
    })
  | (At & {
      readonly kind: 'reject';
      readonly candidate: CandidateId;
      readonly oldSum: number;
      readonly newSum: number;
      readonly reason: RejectReason;
    })
  | (At & {
      readonly kind: 'drop';
      readonly parents: readonly number[];
      readonly candidate: CandidateId | null;
      readonly reason: string;
      readonly detail: string;
    })
  | (At & { readonly kind: 'charge'; readonly n: number; readonly total: number })
  | (At & {
      readonly kind: 'val';
      readonly index: number;
      readonly candidate: CandidateId;
      readonly scores: Scores;
      readonly mean: number | null;
      readonly best: boolean;
      readonly fronts: readonly Front[];
    })
  | (At & {
      readonly kind: 'accept';
      readonly index: number;
      readonly candidate: CandidateId;
      readonly newSum: number;
      readonly parents: readonly number[];
    })
  | (At & { readonly kind: 'stop'; readonly reason: StopReason; readonly detail: string });

export type SkipReason = 'all_scores_perfect' | 'unscored';

export type StopReason =
  | 'budget'
  | 'stop_rule'
  | 'perfect'
  | 'no_usable_proposals'
  | 'unscored'
  | 'nothing_left_to_learn'
  | 'requested';
