import type { CandidateId } from './ask.ts';
import type { StopReason } from './event.ts';
import { chooseFinalist } from './finalist.ts';
import type { Finalist } from './finalist.ts';
import { objectiveMean } from './frontier.ts';
import type { Front } from './frontier.ts';
import type { Components } from './merge.ts';
import { bestIndex, covered, poolFronts, poolMeans, validationRow } from './run.ts';
import type { Search } from './state.ts';

export type CandidateReport = {
  readonly index: number;
  readonly candidate: CandidateId;
  /** Text hash of each component. */
  readonly components: Components;
  /** Indexes of the parents; empty for the seed and for warm starts. */
  readonly parents: readonly number[];
  readonly mean: number | null;
  /** Validation examples scored. */
  readonly scored: number;
  readonly objectiveMeans: Readonly<Record<string, number | null>>;
  /** Rollouts made when it was found. */
  readonly discovery: number;
};

export type OptimizeResult = {
  readonly finalist: Finalist;
  /** The best validation mean of the search; chosen from many, so it flatters: only the gate tells. */
  readonly best: {
    readonly index: number;
    readonly candidate: CandidateId;
    readonly mean: number;
  } | null;
  readonly incumbent: { readonly candidate: CandidateId; readonly mean: number | null };
  readonly candidates: readonly CandidateReport[];
  readonly fronts: readonly Front[];
  readonly totals: {
    readonly iterations: number;
    /** Pairs answered. */
    readonly rollouts: number;
    /** Pairs asked; more than `rollouts` only where the search was concluded with asks open. */
    readonly asked: number;
    readonly budget: number | null;
    /** Pairs paid more than once: 0 in durable mode. */
    readonly duplicates: number;
    readonly reflections: number;
    readonly validations: number;
    readonly rejected: number;
    /** Proposals dropped, by reason. */
    readonly dropped: Readonly<Record<string, number>>;
    /** Pairs without a score, by reason. */
    readonly unscored: Readonly<Record<string, number>>;
  };
  readonly stop: { readonly reason: StopReason; readonly detail: string };
};

/** What a finished search found; always usable, with the incumbent at worst. */
export function resultOf(search: Search): OptimizeResult {
  const means = poolMeans(search);
  const measured = means.some((mean) => mean > -Infinity);
  const best = measured ? bestIndex(search) : 0;
  const { reserved: asked, ...totals } = search.totals;
  return {
    finalist: chooseFinalist(search),
    best: measured
      ? { index: best, candidate: search.pool[best]!.candidate, mean: means[best]! }
      : null,
    incumbent: { candidate: search.seed, mean: finite(means[0]) },
    candidates: search.pool.map((member, index) => ({
      index,
      candidate: member.candidate,
      components: search.candidates[member.candidate]!,
      parents: member.parents,
      mean: finite(means[index]),
      scored: covered(search, member),
      objectiveMeans: objectiveMeans(search, index),
      discovery: member.discovery,
    })),
    fronts: poolFronts(search),
    totals: { ...totals, asked, budget: search.options.budget },
    stop: search.stop!,
  };
}

const objectiveMeans = (search: Search, index: number): Readonly<Record<string, number | null>> => {
  const row = validationRow(search, search.pool[index]!);
  return Object.fromEntries(
    search.options.objectives.map((name, k) => [name, objectiveMean(row, k)]),
  );
};

const finite = (mean: number | undefined): number | null =>
  mean !== undefined && Number.isFinite(mean) ? mean : null;
