import { affordable, remaining } from './budget.ts';
import { tryMerge } from './merging.ts';
import { askEvaluation } from './pairs.ts';
import { finish, idsOf, poolFronts, poolMeans } from './run.ts';
import type { Run } from './run.ts';
import { nextBatch, sampleTasks } from './sample.ts';
import type { Pick } from './sample.ts';
import { selectParent } from './select.ts';
import type { StopReason } from './event.ts';
import type { Round, Task } from './state.ts';
import { checkStops } from './stop.ts';
import { widthOf } from './width.ts';

type Ending = { readonly reason: StopReason; readonly detail: string };

/** Closes the current round: takes up the one begun meanwhile, or begins the next, or ends the search. */
export function endRound(run: Run): void {
  const { search } = run;
  countSkips(run);
  if (search.next !== null) {
    search.round = search.next;
    search.next = null;
    return;
  }
  const begun = beginRound(run);
  if ('reason' in begun) finish(run, begun.reason, begun.detail);
  else search.round = begun;
}

/** Begins the next iteration and opens its first asks; or says why the search ends, changing nothing but the generator. */
export function beginRound(run: Run): Round | Ending {
  const { search, random, events } = run;
  const stop = checkRules(run);
  if (stop !== null) return stop;
  const mark = events.length;
  const iteration = search.totals.iterations + 1;
  const { rollouts } = search.totals;
  events.push({ kind: 'iteration', iteration, words: random.words, rollouts });
  const round: Round = { iteration, stage: 'merge', tasks: [], merge: null, additions: [] };
  round.merge = tryMerge(run, iteration);
  if (round.merge === null) {
    const picks = affordable(search, drawTasks(run, iteration));
    if (picks.length === 0) {
      events.length = mark;
      return outOfBudget(run);
    }
    round.stage = 'parents';
    round.tasks = openTasks(run, { iteration, picks });
  }
  search.totals.iterations = iteration;
  return round;
}

function checkRules(run: Run): Ending | null {
  const { search } = run;
  const { options, totals, meters, memory, stalled } = search;
  if (options.mends.stopWhenStalled) {
    const epochs = 2 * Math.ceil(search.train.length / options.minibatch);
    if (stalled.drops >= options.patience) {
      const why = Object.entries(totals.dropped).map(([reason, n]) => `${n} ${reason}`);
      const detail = `${stalled.drops} proposals in a row could not be tested (dropped so far: ${why.join(', ')})`;
      return { reason: 'no_usable_proposals', detail };
    }
    if (stalled.skips > epochs) {
      const detail = `${stalled.skips} iterations in a row showed no training example to learn from`;
      return { reason: 'nothing_left_to_learn', detail };
    }
  }
  const means = poolMeans(search);
  const progress = { ...totals, means, meters, memory };
  const { fired, memory: remembered } = checkStops(options.stop, progress);
  if (fired !== null)
    return { reason: meters.stop === null ? 'stop_rule' : 'requested', detail: fired };
  search.memory = remembered;
  const spent = options.budget !== null && totals.rollouts >= options.budget;
  const least = search.validation.length + Math.min(options.minibatch, search.train.length);
  return spent || remaining(search) < least ? outOfBudget(run) : null;
}

function outOfBudget({ search }: Run): Ending {
  const { budget, mends } = search.options;
  const step = mends.reserveBudget ? '; the rest does not cover another full step' : '';
  return {
    reason: 'budget',
    detail: `${search.totals.reserved} of ${budget} rollouts used${step}`,
  };
}

function drawTasks(run: Run, iteration: number): readonly Pick[] {
  const { search, random } = run;
  const { options } = search;
  const fronts = poolFronts(search).map(({ members }) => members);
  const scores = poolMeans(search);
  const { sampling, mends } = options;
  return sampleTasks(sampling, {
    width: sampling.kind === 'adaptive' ? widthOf(search, sampling) : 1,
    parent: () => selectParent({ selector: options.selector, fronts, scores, random }),
    batch: () => {
      const { batch, sampler } = nextBatch(search.sampler, {
        ids: search.train,
        minibatch: options.minibatch,
        // Each draw of its own iteration: the sampler hands out slice after slice, and none again before the epoch ends.
        iteration: mends.spreadBatches ? search.sampler.iteration + 1 : iteration - 1,
        random,
      });
      search.sampler = sampler;
      return options.mends.payOnce ? [...new Set(batch)] : batch;
    },
  });
}

function openTasks(
  run: Run,
  { iteration, picks }: { readonly iteration: number; readonly picks: readonly Pick[] },
): Task[] {
  const { search, events } = run;
  for (const { parent, batch } of picks) {
    events.push({ kind: 'select', iteration, index: parent });
    events.push({ kind: 'batch', iteration, exampleIds: idsOf(search, batch) });
  }
  const asked = new Map<string, string | null>();
  return picks.map(({ parent, batch }, k) => {
    const { candidate } = search.pool[parent]!;
    const key = `${candidate} ${batch.join(' ')}`;
    if (!asked.has(key)) {
      const id = `${iteration}.parent.${k}`;
      const pairs = {
        id,
        iteration,
        candidate,
        ordinals: batch,
        part: 'train',
        cached: false,
      } as const;
      asked.set(key, askEvaluation(run, pairs));
    }
    return {
      parent,
      batch,
      parentAsk: asked.get(key) ?? null,
      before: [],
      skipped: null,
      reflections: [],
      child: null,
      childAsk: null,
      after: [],
    };
  });
}

function countSkips({ search }: Run): void {
  const { round, stalled } = search;
  if (round.tasks.length === 0) return;
  const all = round.tasks.every((task) => task.skipped !== null);
  stalled.skips = all ? stalled.skips + 1 : 0;
}
