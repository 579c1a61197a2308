import type {
  Acceptance,
  Frontier,
  ModuleSelector,
  OptimizeSettings,
  Sampling,
  Selection,
  Selector,
} from '../../domain/optimize/options.ts';

export type Fields = Readonly<Record<string, unknown>>;

export type GoldenConfig = {
  readonly name: string;
  readonly seed: number;
  readonly components: number;
  readonly train: number;
  readonly val: number;
  readonly minibatch: number;
  readonly budget: number;
  readonly selector: Selector['kind'];
  readonly module: ModuleSelector;
  readonly merge: boolean;
  readonly max_merges: number;
  readonly frontier: Frontier;
  readonly acceptance: Acceptance;
  readonly cache: boolean;
  readonly skip_perfect_score: boolean;
  readonly metric: string;
  readonly text_mod: number;
  readonly sampling: Sampling;
  readonly selection: Selection;
};

export type Golden = {
  readonly config: GoldenConfig;
  readonly seed_candidate: Readonly<Record<string, string>>;
  readonly front_keys: readonly (readonly string[])[];
  readonly events: readonly Fields[];
  readonly final: Fields;
};

/** Objective names, in the order in which the reference meets them. */
export const OBJECTIVES = ['quality', 'brevity', 'accuracy'] as const;

/** Reads the text of a golden file; throws where it is not one, saying what is missing. */
export function readGolden(text: string): Golden {
  const golden: Golden = JSON.parse(text);
  for (const key of ['config', 'seed_candidate', 'front_keys', 'events', 'final'] as const)
    if (golden[key] === undefined) throw new Error(`it has no "${key}": not a golden trace`);
  return golden;
}

/** The engine's options of a golden run; fixed by the format: epsilon 0.1, k 5, overlap floor 5, perfect score 1. */
export function settingsOf(config: GoldenConfig): OptimizeSettings {
  const selectors: Readonly<Record<Selector['kind'], Selector>> = {
    pareto: { kind: 'pareto' },
    epsilon_greedy: { kind: 'epsilon_greedy', epsilon: 0.1 },
    current_best: { kind: 'current_best' },
    top_k_pareto: { kind: 'top_k_pareto', k: 5 },
  };
  const selector = selectors[config.selector];
  if (selector === undefined) throw new Error(`config.selector ${config.selector} is unknown`);
  return {
    mode: 'reference',
    seed: config.seed,
    minibatch: config.minibatch,
    budget: config.budget,
    selector,
    module: config.module,
    merge: config.merge ? { max: config.max_merges, overlapFloor: 5 } : null,
    frontier: config.frontier,
    objectives: config.frontier === 'instance' ? [] : OBJECTIVES,
    acceptance: config.acceptance,
    cache: config.cache,
    skipPerfect: config.skip_perfect_score,
    sampling: config.sampling,
    selection: config.selection,
  };
}
