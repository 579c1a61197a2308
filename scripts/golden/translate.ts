import { hashText } from '../../contracts/hash.ts';
import type { OptimizeEvent } from '../../domain/optimize/event.ts';
import type { OptimizeState, OptimizeTurn } from '../../domain/optimize/optimize.ts';
import { createRandom } from '../../domain/random.ts';
import type { Fields, Golden } from './format.ts';
import type { Backstage } from './replay.ts';

type Context = { readonly state: OptimizeState; readonly backstage: Backstage };

/** An engine event in the golden format's words; the engine's own additions (drop, stop) have none. */
export function translate(event: OptimizeEvent, context: Context): readonly Fields[] {
  const it = event.iteration;
  const t = event.kind;
  switch (event.kind) {
    case 'seed':
      return [{ t, it, scores: event.scores, mean: event.mean }];
    case 'iteration':
      return [{ t: 'iter', it, rng_words: event.words, calls: event.rollouts }];
    case 'merge_search':
      return [{ t, it, candidates: event.candidates, found: event.found }];
    case 'merge_eval':
      return [{ t, it, parents: event.parents, ids: event.exampleIds, scores: event.scores }];
    case 'merge_attempt': {
      const { i, j, merged } = event.sums;
      const candidate = textsOf(event.candidate, context);
      return [{ t, it, parents: event.parents, candidate, i_sum: i, j_sum: j, new_sum: merged }];
    }
    case 'merge_accept':
      return [{ t, it, idx: event.index, parents: event.parents }];
    case 'merge_reject':
      return [{ t, it, parents: event.parents }];
    case 'select':
      return [{ t, it, idx: event.index }];
    case 'batch':
      return [{ t, it, ids: event.exampleIds }];
    case 'parent_eval':
      return [{ t, it, idx: event.index, scores: event.scores }];
    case 'skip':
      return [{ t, it, idx: event.index, reason: event.reason }];
    case 'reflect': {
      const { prompt, reply } = context.backstage.reflections.get(event.ask)!;
      const prompt_sha256 = hashText(prompt);
      return [{ t, it, component: event.component, prompt_sha256, reply, prompt }];
    }
    case 'propose':
      return [{ t, it, texts: readTexts(event.texts, context.backstage) }];
    case 'child_eval':
      return [{ t, it, parent: event.parent, scores: event.scores }];
    case 'reject': {
      const { oldSum, newSum, reason } = event;
      return [{ t, it, old_sum: oldSum, new_sum: newSum, reason }];
    }
    case 'charge':
      return [{ t, it, n: event.n, total: event.total }];
    case 'val': {
      const { index, scores, mean, best, fronts } = event;
      const front = fronts.map(({ members }) => members);
      return [{ t, it, idx: index, scores, mean, best, front }];
    }
    case 'accept':
      return [{ t, it, idx: event.index, new_sum: event.newSum, parents: event.parents }];
    case 'drop':
    case 'stop':
      return [];
  }
}

/** The end of a run in the golden format's words, with the keys of its fronts. */
export function finalOf(
  { state, result }: Extract<OptimizeTurn, { kind: 'done' }>,
  { golden, backstage }: { readonly golden: Golden; readonly backstage: Backstage },
): Fields {
  const { config } = golden;
  const candidates = result.candidates;
  const { due, accepted, performed, descriptions } = state.merge;
  return {
    front_keys: result.fronts.map(({ key }) => key),
    iterations: result.totals.iterations,
    rng_words: createRandom(state.random).words,
    total_metric_calls: result.totals.rollouts,
    adapter_calls: backstage.rollouts,
    full_val_evals: result.totals.validations,
    best_idx: result.best?.index,
    candidates: candidates.map(({ components }) => readTexts(components, backstage)),
    parents: candidates.map(({ parents }) => (parents.length === 0 ? [null] : parents)),
    val_means: candidates.map(({ mean }) => mean),
    discovery_calls: candidates.map(({ discovery }) => discovery),
    next_component: state.pool.map(({ pointer }) => pointer),
    front: result.fronts.map(({ members }) => members),
    objective_means:
      config.frontier === 'instance'
        ? null
        : candidates.map(({ objectiveMeans }) => objectiveMeans),
    merge: config.merge ? { due, accepted, performed, descriptions } : null,
  };
}

const textsOf = (candidate: string, { state, backstage }: Context): Fields =>
  readTexts(state.candidates[candidate]!, backstage);

const readTexts = (hashes: Readonly<Record<string, string>>, { texts }: Backstage): Fields =>
  Object.fromEntries(Object.entries(hashes).map(([name, hash]) => [name, texts.get(hash)]));
