import type { Guideline } from '../../contracts/judge.ts';
import type { Contradiction } from './consolidate.ts';
import type { ListedRule } from './consolidate-prompt.ts';
import type { DroppedRules, Rule } from './rules.ts';

/** A request that was made: open, answered, or failed with a reason. */
export type Answered<T> =
  { readonly kind: 'open' } | { readonly kind: 'ok'; readonly of: T } | Failure;
export type Failure = { readonly kind: 'failed'; readonly why: string };

export type DistillState = {
  readonly id: string;
  readonly snapshots: readonly string[];
  readonly answer: Answered<{ readonly rules: readonly Rule[]; readonly dropped: DroppedRules }>;
};

export type EmbedState = {
  readonly id: string;
  readonly snapshots: readonly string[];
  readonly answer: Answered<null>;
};

/** Plain JSON: ids, counts and texts of rules. Labels, contents and vectors stay outside. */
export type AlignState = {
  readonly engineVersion: 1;
  /** Most guidelines of the judge. */
  readonly cap: number;
  readonly inputLimitTokens: number;
  readonly snapshots: number;
  /** Items of each batch, to be given to a later alignment. */
  readonly batches: readonly (readonly string[])[];
  readonly distill: readonly DistillState[];
  readonly embed: readonly EmbedState[];
  /** The rules that consolidation was given; null before it was asked. */
  readonly consolidating: readonly Rule[] | null;
};

/** What the engine wants: rules of a batch, vectors of snapshots (to be stored by who answers), or one list of rules. */
export type AlignAsk =
  | { readonly id: string; readonly kind: 'distill'; readonly snapshots: readonly string[] }
  | { readonly id: string; readonly kind: 'embed'; readonly snapshots: readonly string[] }
  | {
      readonly id: string;
      readonly kind: 'consolidate';
      readonly rules: readonly ListedRule[];
      readonly most: number;
    };

export type AlignEvent =
  | { readonly kind: 'batched'; readonly snapshots: number; readonly batches: number }
  | { readonly kind: 'distilled'; readonly ask: string; readonly rules: number }
  | { readonly kind: 'consolidated'; readonly from: number; readonly guidelines: number };

export type AlignReport = {
  readonly snapshots: number;
  readonly batches: readonly (readonly string[])[];
  /** Rules that distillation gave, used or not. */
  readonly distilled: number;
  readonly dropped: DroppedRules & {
    /** Of the consolidation: rules that stand for none it was given. */
    readonly unfounded: number;
    /** Rules that did not fit into the consolidation request. */
    readonly overLimit: number;
    readonly overCap: number;
  };
  readonly keptAsTheyWere: number;
  readonly contradictions: readonly Contradiction[];
};

/** `no-guidelines`: people were asked, the model found no rule with a source. `failed`: something was not answered. */
export type AlignResult =
  | {
      readonly kind: 'aligned';
      readonly guidelines: readonly Guideline[];
      readonly report: AlignReport;
    }
  | { readonly kind: 'no-guidelines'; readonly report: AlignReport }
  | { readonly kind: 'failed'; readonly reason: string; readonly report: AlignReport };
