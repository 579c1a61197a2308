import { remaining } from './budget.ts';
import { scoreOf } from './entry.ts';
import { mergeSubsample, searchMerge } from './merge.ts';
import type { MergeFound } from './merge.ts';
import { askEvaluation } from './pairs.ts';
import { survivors } from './pareto.ts';
import { candidateId, drop, poolFronts, poolMeans, validationRow } from './run.ts';
import type { Run } from './run.ts';
import type { MergeTask, Search } from './state.ts';

/** Looks for a merge where one is due and opens its test; null lets the iteration go on to reflection. */
export function tryMerge(run: Run, iteration: number): MergeTask | null {
  const { search, events } = run;
  const { merge, options } = search;
  const wanted =
    options.merge !== null &&
    merge.due > 0 &&
    merge.fresh &&
    !(options.mends.boundMerges && capped(search));
  merge.fresh = false;
  if (!wanted || remaining(search) < search.validation.length) return null;
  const { found, offered } = look(run);
  events.push({
    kind: 'merge_search',
    iteration,
    candidates: offered,
    found: found && { i: found.i, j: found.j, ancestor: found.ancestor },
  });
  if (found === null) return null;
  merge.performed.push([found.i, found.j, found.ancestor]);
  merge.descriptions.push(found.description);
  return openMerge(run, { found, iteration });
}

/** After a reflective child was accepted: one more merge is due, below the cap. */
export function scheduleMerge(search: Search): void {
  if (search.options.merge === null) return;
  search.merge.fresh = true;
  if (!capped(search)) search.merge.due += 1;
}

/** The durable cap counts every merge tried; the reference's counts accepted ones, and only when it schedules. */
function capped({ options, merge }: Search): boolean {
  const made = options.mends.boundMerges ? merge.tested : merge.accepted;
  return made >= (options.merge?.max ?? 0);
}

function look({ search, random }: Run): {
  readonly found: MergeFound | null;
  readonly offered: readonly number[];
} {
  const scores = poolMeans(search);
  const offered = survivors(
    poolFronts(search).map(({ members }) => members),
    scores,
  );
  const found = searchMerge({
    random,
    offered,
    candidates: search.pool.map(({ candidate }) => search.candidates[candidate]!),
    parents: search.pool.map(({ parents }) => parents),
    scores,
    performed: search.merge.performed,
    descriptions: search.merge.descriptions,
    overlaps: (i, j) => shared(search, i, j).length >= search.options.merge!.overlapFloor,
    evenAncestors: search.options.mends.evenAncestors,
  });
  return { found, offered };
}

function openMerge(
  run: Run,
  { found, iteration }: { readonly found: MergeFound; readonly iteration: number },
): MergeTask | null {
  const { search, random } = run;
  const { i, j, components } = found;
  const candidate = candidateId(components);
  if (search.options.mends.payOnce && search.candidates[candidate] !== undefined) {
    const detail = 'the merged candidate is known already';
    drop(run, { iteration, parents: [i, j], candidate, reason: 'duplicate', detail });
    return null;
  }
  const [rowI, rowJ] = [i, j].map((index) =>
    validationRow(search, search.pool[index]!).map(scoreOf),
  );
  const positions = mergeSubsample({
    random,
    shared: shared(search, i, j),
    scoreI: (at) => rowI![at]!,
    scoreJ: (at) => rowJ![at]!,
  });
  if (positions.length === 0) return null;
  search.candidates[candidate] = components;
  const drawn = positions.map((at) => search.validation[at]!);
  const ordinals = search.options.mends.payOnce ? [...new Set(drawn)] : drawn;
  const id = `${iteration}.merge`;
  const ask = askEvaluation(run, {
    id,
    iteration,
    candidate,
    ordinals,
    part: 'validation',
    cached: true,
  });
  return { i, j, candidate, ordinals, ask };
}

function shared(search: Search, i: number, j: number): readonly number[] {
  const [rowI, rowJ] = [i, j].map((index) =>
    validationRow(search, search.pool[index]!).map(scoreOf),
  );
  return search.validation.flatMap((_, at) =>
    rowI![at] !== null && rowJ![at] !== null ? [at] : [],
  );
}
