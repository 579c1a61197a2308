import { createRandom } from '../random.ts';
import { readOutcome } from './ask.ts';
import type { CandidateId, Outcome } from './ask.ts';
import { refuseSmallBudget } from './budget.ts';
import { OptimizeOptionsError, refuse, resolveOptions } from './options.ts';
import type { OptimizeSettings } from './options.ts';
import { missingOrdinals } from './pairs.ts';
import { candidateId } from './run.ts';
import { freshSampler } from './sample.ts';
import { ENGINE_VERSION } from './state.ts';
import type { Search } from './state.ts';

/** Each component of a candidate by name: the hash and the length (characters) of its text. */
export type CandidateTexts = Readonly<
  Record<string, { readonly textHash: string; readonly length: number }>
>;

export type OptimizeInput = {
  readonly settings: OptimizeSettings;
  readonly seed: CandidateTexts;
  /** Order of the components, which round robin follows; default the names in ascending order. */
  readonly components?: readonly string[];
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** Results of the seed that are paid already (the baseline), by example id; not charged. Needs `payOnce`. */
  readonly known?: Readonly<Record<string, Outcome>>;
  /** Earlier candidates to start from beside the seed. */
  readonly warm?: readonly CandidateTexts[];
};

/** The search before its first ask; throws OptimizeOptionsError and OptimizeBudgetError. */
export function freshSearch(input: OptimizeInput): Search {
  const { train, validation, seed } = input;
  refuseBadInput(input);
  const options = resolveOptions(input.settings, validation);
  const examples = [...new Set([...train, ...validation])];
  const ordinals = new Map(examples.map((id, ordinal) => [id, ordinal]));
  const components = input.components ?? Object.keys(seed).sort();
  const hashes = Object.fromEntries(components.map((name) => [name, seed[name]!.textHash]));
  const search: Search = {
    engineVersion: ENGINE_VERSION,
    options,
    examples,
    train: train.map((id) => ordinals.get(id)!),
    validation: validation.map((id) => ordinals.get(id)!),
    components,
    seed: candidateId(hashes),
    texts: {},
    candidates: {},
    results: {},
    pool: [],
    random: createRandom(options.seed).state(),
    sampler: freshSampler,
    merge: { due: 0, accepted: 0, tested: 0, fresh: false, performed: [], descriptions: [] },
    tests: { made: 0, passed: 0 },
    meters: { seconds: 0, reflectionUsd: 0, stop: null },
    memory: {},
    totals: {
      iterations: 0,
      reserved: 0,
      rollouts: 0,
      duplicates: 0,
      reflections: 0,
      validations: 0,
      rejected: 0,
      dropped: {},
      unscored: {},
    },
    stalled: { drops: 0, skips: 0 },
    round: { iteration: 0, stage: 'seed', tasks: [], merge: null, additions: [] },
    next: null,
    open: [],
    answers: {},
    inbox: {},
    charges: {},
    reflected: {},
    stop: null,
  };
  register(search, seed);
  takeKnown(search, input.known ?? {});
  const pass = { candidate: search.seed, ordinals: search.validation, cached: false };
  refuseSmallBudget(search, missingOrdinals(search, pass).length);
  return search;
}

/** Makes a candidate known to the search and returns its id. */
export function register(search: Search, texts: CandidateTexts): CandidateId {
  const hashes = search.components.map((name) => {
    const text = texts[name];
    if (text === undefined || Object.keys(texts).length !== search.components.length)
      throw new OptimizeOptionsError(
        'components',
        `a candidate has ${Object.keys(texts).join(', ')} instead of ${search.components.join(', ')}`,
      );
    search.texts[text.textHash] = text.length;
    return [name, text.textHash] as const;
  });
  const components = Object.fromEntries(hashes);
  const id = candidateId(components);
  search.candidates[id] = components;
  return id;
}

function takeKnown(search: Search, known: Readonly<Record<string, Outcome>>): void {
  const ids = Object.keys(known);
  if (ids.length === 0) return;
  if (!search.options.mends.payOnce)
    throw new OptimizeOptionsError('known', 'known results need the mend payOnce');
  const ordinals = new Map(search.examples.map((id, ordinal) => [id, ordinal]));
  const entries = ids.flatMap((id) => {
    const ordinal = ordinals.get(id);
    const { entry } = readOutcome(known[id], search.options.objectives);
    return ordinal === undefined ? [] : [[ordinal, entry] as const];
  });
  search.results[search.seed] = Object.fromEntries(entries);
}

function refuseBadInput({ train, validation, seed, components }: OptimizeInput): void {
  if (train.length === 0) refuse('train', 'there is no training example to reflect on');
  if (validation.length === 0) refuse('validation', 'there is no validation example to select on');
  for (const [part, ids] of Object.entries({ train, validation }))
    if (new Set(ids).size !== ids.length) refuse(part, 'an example id appears twice');
  const names = Object.keys(seed);
  if (names.length === 0) refuse('seed', 'the seed has no component');
  if (components !== undefined && [...components].sort().join() !== [...names].sort().join())
    refuse(
      'components',
      `${components.join(', ')} are not the seed's components ${names.join(', ')}`,
    );
}
