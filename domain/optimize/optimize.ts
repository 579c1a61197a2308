import { createRandom } from '../random.ts';
import type { Replies, Turn } from '../engine.ts';
import { OptimizeReplyError } from './ask.ts';
import type { OptimizeAsk } from './ask.ts';
import { finishChildren } from './children.ts';
import type { OptimizeEvent } from './event.ts';
import { finishMerge } from './merged.ts';
import { freshSearch, register } from './input.ts';
import type { OptimizeInput } from './input.ts';
import { absorb } from './pairs.ts';
import { finishParents, finishReflections } from './reflecting.ts';
import { resultOf } from './result.ts';
import type { OptimizeResult } from './result.ts';
import { beginRound, endRound } from './round.ts';
import { finish } from './run.ts';
import type { Run, StageEnd } from './run.ts';
import { finishSeed, openSeed } from './seed.ts';
import type { Search, Stage } from './state.ts';
import type { Meters } from './stop.ts';
import { finishValidation } from './validate.ts';

export type OptimizeState = Readonly<Search>;
export type OptimizeTurn = Turn<OptimizeState, OptimizeEvent, OptimizeAsk, OptimizeResult>;

/**
 * Begins a search (GEPA, arXiv 2507.19457). Throws OptimizeOptionsError on contradicting input and OptimizeBudgetError
 * where the budget does not cover one full step.
 */
export function start(input: OptimizeInput): OptimizeTurn {
  const search = freshSearch(input);
  const run: Run = { search, random: createRandom(search.options.seed), events: [] };
  const warm = (input.warm ?? []).map((texts) => register(search, texts));
  openSeed(run, { seed: search.seed, warm: [...new Set(warm)].filter((id) => id !== search.seed) });
  return settle(run);
}

/**
 * Takes replies to any subset of the open asks; they are applied, in the order of the asks, once none is open. Replies
 * to asks closed before are ignored. Throws OptimizeReplyError on a reply of the wrong shape or to an ask never made.
 */
export function resume(state: OptimizeState, replies: Replies): OptimizeTurn {
  const search = copy(state);
  const open = new Set(search.open.map(({ id }) => id));
  for (const [id, reply] of Object.entries(replies)) {
    if (open.has(id)) search.answers[id] = reply;
    else if (!wasAsked(search, id)) throw new OptimizeReplyError(id, 'no such ask was made');
  }
  return settle({ search, random: createRandom(search.random), events: [] }, state.open);
}

/** The state with what only the caller knows: seconds since the start, reflection cost, a wish to stop. */
export const observe = (state: OptimizeState, meters: Partial<Meters>): OptimizeState => ({
  ...state,
  meters: { ...state.meters, ...meters },
});

/** Ends the search now, open asks unanswered, with what is known. */
export function conclude(state: OptimizeState, detail: string): OptimizeTurn {
  const run: Run = { search: copy(state), random: createRandom(state.random), events: [] };
  if (run.search.stop === null) finish(run, 'requested', detail);
  return settle(run);
}

const stages: Readonly<Record<Stage, (run: Run) => StageEnd>> = {
  seed: finishSeed,
  merge: finishMerge,
  parents: finishParents,
  reflect: finishReflections,
  children: finishChildren,
  validate: finishValidation,
};

function settle(run: Run, asked: readonly OptimizeAsk[] = []): OptimizeTurn {
  const { search, events } = run;
  const before = new Set(asked.map(({ id }) => id));
  while (search.stop === null && search.open.every(({ id }) => search.answers[id] !== undefined)) {
    if (search.open.length > 0) absorb(run);
    const { round } = search;
    const entered = round.stage;
    if (stages[entered](run) === 'round over') endRound(run);
    else if (round.stage === 'validate' && entered !== 'validate') speculate(run);
  }
  search.random = run.random.state();
  if (search.stop !== null) {
    search.open = [];
    return { kind: 'done', state: search, events, result: resultOf(search) };
  }
  return {
    kind: 'ask',
    state: search,
    events,
    asks: search.open.filter(({ id }) => !before.has(id)),
  };
}

function speculate(run: Run): void {
  const { search } = run;
  if (!search.options.mends.speculate || search.stop !== null) return;
  const begun = beginRound(run);
  // An ending found here is found again when the validation is in, and may no longer hold then.
  if (!('reason' in begun)) search.next = begun;
}

const copy = (state: OptimizeState): Search => {
  const search: Search = JSON.parse(JSON.stringify(state));
  return search;
};

// Ask ids tell their iteration, so a late reply needs no list of all asks ever made.
const wasAsked = (search: Search, id: string): boolean =>
  /^\d+\.[a-z]/.test(id) && Number.parseInt(id, 10) <= search.totals.iterations;
