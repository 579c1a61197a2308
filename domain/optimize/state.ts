import type { Reply } from '../engine.ts';
import type { RandomState } from '../random.ts';
import type { CandidateId, OptimizeAsk, Violation } from './ask.ts';
import type { Entry } from './entry.ts';
import type { SkipReason, StopReason } from './event.ts';
import type { AncestorLog, Components, MergeDescription } from './merge.ts';
import type { OptimizeOptions } from './options.ts';
import type { Sampler } from './sample.ts';
import type { Meters, StopMemory } from './stop.ts';

export const ENGINE_VERSION = 1;

/** An accepted candidate; its place in `pool` is its index. */
export type Member = {
  readonly candidate: CandidateId;
  readonly parents: readonly number[];
  /** Key of `results` that holds its validation entries. */
  readonly results: string;
  /** Rollouts made when it was found, before its validation. */
  readonly discovery: number;
  /** The component to rewrite next. */
  pointer: number;
};

export type Reflection = {
  readonly component: string;
  readonly proposal: number;
  ask: string;
  attempt: 1 | 2;
  textHash: string | null;
  violation: Violation | null;
};

export type Task = {
  readonly parent: number;
  /** Ordinals of the minibatch. */
  readonly batch: readonly number[];
  parentAsk: string | null;
  before: (number | null)[];
  skipped: SkipReason | null;
  reflections: Reflection[];
  child: CandidateId | null;
  childAsk: string | null;
  after: (number | null)[];
};

export type MergeTask = {
  readonly i: number;
  readonly j: number;
  readonly candidate: CandidateId;
  readonly ordinals: readonly number[];
  readonly ask: string | null;
};

/** A candidate that passed its test and is being validated. */
export type Addition = {
  readonly candidate: CandidateId;
  readonly parents: readonly number[];
  readonly newSum: number;
  readonly merged: boolean;
  readonly ask: string | null;
};

export type Round = {
  readonly iteration: number;
  stage: Stage;
  tasks: Task[];
  merge: MergeTask | null;
  additions: Addition[];
};

export type Stage = 'seed' | 'merge' | 'parents' | 'reflect' | 'children' | 'validate';

/**
 * The whole search as plain JSON: ids, hashes, lengths and numbers, never a text. An example is known by its ordinal
 * in `examples`. The engine changes a private copy within a turn; a stored state is never changed.
 */
export type Search = {
  readonly engineVersion: number;
  readonly options: OptimizeOptions;
  readonly examples: readonly string[];
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Component names in the order of the pointer. */
  readonly components: readonly string[];
  /** The incumbent. */
  readonly seed: CandidateId;
  /** Length of each text by its hash. */
  texts: Record<string, number>;
  candidates: Record<CandidateId, Components>;
  /** Entries by candidate (or by pool place, in reference mode) and ordinal. */
  results: Record<string, Record<string, Entry>>;
  pool: Member[];
  random: RandomState;
  sampler: Sampler;
  merge: {
    due: number;
    accepted: number;
    tested: number;
    /** The last iteration accepted a reflective child. */
    fresh: boolean;
    performed: AncestorLog[];
    descriptions: MergeDescription[];
  };
  /** Reflective children tested so far, and those that passed their test. */
  tests: { made: number; passed: number };
  meters: Meters;
  memory: StopMemory;
  totals: {
    iterations: number;
    /** Pairs asked for: what the budget counts. */
    reserved: number;
    /** Pairs answered. */
    rollouts: number;
    duplicates: number;
    reflections: number;
    validations: number;
    rejected: number;
    dropped: Record<string, number>;
    unscored: Record<string, number>;
  };
  /** Proposals dropped in a row, and rounds in a row whose tasks were all skipped. */
  stalled: { drops: number; skips: number };
  round: Round;
  /** The iteration begun while `round` is validated. */
  next: Round | null;
  open: OptimizeAsk[];
  answers: Record<string, Reply>;
  /** Entries of the evaluate asks answered last, by ask and ordinal. */
  inbox: Record<string, Record<string, Entry>>;
  /** Pairs of each evaluate ask answered last. */
  charges: Record<string, number>;
  /** Reflect replies answered last, by ask. */
  reflected: Record<string, { textHash: string; length: number } | { violation: Violation }>;
  stop: { readonly reason: StopReason; readonly detail: string } | null;
};
