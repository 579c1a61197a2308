export type Selector =
  | { readonly kind: 'pareto' }
  | { readonly kind: 'epsilon_greedy'; readonly epsilon: number }
  | { readonly kind: 'current_best' }
  | { readonly kind: 'top_k_pareto'; readonly k: number };

export type Frontier = 'instance' | 'objective' | 'hybrid' | 'cartesian';
export type ModuleSelector = 'round_robin' | 'all';
export type Acceptance = 'strict_improvement' | 'improvement_or_equal';

export type Sampling =
  | { readonly kind: 'single' }
  | { readonly kind: 'same_parent'; readonly n: number }
  | { readonly kind: 'independent'; readonly n: number }
  | { readonly kind: 'pxn'; readonly p: number; readonly n: number }
  /** Ours: independent parents, the more the fewer children pass their test; `even` at one in two (see width.ts). */
  | { readonly kind: 'adaptive'; readonly even: number; readonly max: number };

export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'best' }
  | { readonly kind: 'top_k'; readonly k: number };

export type StopRule =
  | { readonly kind: 'metric_calls'; readonly max: number }
  | { readonly kind: 'proposals'; readonly max: number }
  | { readonly kind: 'candidates'; readonly max: number }
  | { readonly kind: 'no_improvement'; readonly iterations: number }
  | { readonly kind: 'score'; readonly threshold: number }
  | { readonly kind: 'reflection_cost'; readonly usd: number }
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'any' | 'all'; readonly of: readonly StopRule[] };

export type MergeOptions = {
  /** The cap on merges; the reference counts accepted ones only (see `boundMerges`). */
  readonly max: number;
  /** Validation examples two parents must share. */
  readonly overlapFloor: number;
};

/** The repairs of the reference's faults: off in `reference` mode, on in `durable` mode (`speculate` is off in both). */
export type Mends = {
  /** 1: an unscored pair is left out and reported; otherwise it scores 0. */
  readonly leaveOutUnscored: boolean;
  /** 2: no pair (candidate, example) is asked twice, and equal candidates are one. */
  readonly payOnce: boolean;
  /** 3: rollouts are reserved before they are asked; a budget below one full step is refused. */
  readonly reserveBudget: boolean;
  /** 4: the reflection model is told once what was wrong with its proposal. */
  readonly complainOnce: boolean;
  /**
   * 5: the next iteration samples and measures its parents while this one's children are validated: a quarter less
   * waiting, but it cannot build on those children, which costs quality at an equal budget. Off unless asked for.
   */
  readonly speculate: boolean;
  /** 5: every proposal gets the next slice of the epoch; the reference gives parallel ones slices that the next iteration repeats. */
  readonly spreadBatches: boolean;
  /** 6: only a candidate above the incumbent on paired validation becomes the finalist. */
  readonly pairedFinalist: boolean;
  /** 7: when all ancestors' weights are 0, merge draws one of them uniformly (the reference raises). */
  readonly evenAncestors: boolean;
  /** 7: the merge cap counts every merge tried, and no merge repeats a known candidate. */
  readonly boundMerges: boolean;
  /** A run without usable proposals, or with nothing left to learn, ends with that reason. */
  readonly stopWhenStalled: boolean;
};

export type OptimizeOptions = {
  readonly mode: 'reference' | 'durable';
  /** Seed of the one generator that serves selector, sampler and merge. */
  readonly seed: number;
  readonly minibatch: number;
  readonly selector: Selector;
  readonly module: ModuleSelector;
  readonly frontier: Frontier;
  /** Names of the objective scores, in the order of their fronts; needed unless the frontier is `instance`. */
  readonly objectives: readonly string[];
  readonly acceptance: Acceptance;
  readonly sampling: Sampling;
  readonly selection: Selection;
  readonly merge: MergeOptions | null;
  readonly perfectScore: number;
  readonly skipPerfect: boolean;
  /** The reference's evaluation cache; `payOnce` does more. */
  readonly cache: boolean;
  /** Rollouts; null for none. With `reserveBudget` a hard limit, otherwise checked between iterations. */
  readonly budget: number | null;
  /** Any of these ends the search, between iterations. */
  readonly stop: readonly StopRule[];
  /** 6: by more than how many standard errors of the paired difference the finalist must exceed the incumbent; 1 is the one-standard-error rule. */
  readonly standardErrors: number;
  /** 7: validation examples on which no accepted candidate may score below the incumbent. */
  readonly keep: readonly string[];
  /** The least share of the validation examples that must be scored. */
  readonly coverage: number;
  /** Proposals dropped in a row, before being tested, that end the run. */
  readonly patience: number;
  readonly mends: Mends;
};

export type OptimizeSettings = Partial<Omit<OptimizeOptions, 'mends' | 'merge'>> & {
  readonly mends?: Partial<Mends>;
  readonly merge?: Partial<MergeOptions> | null;
};

/** Raised where options contradict each other or the input; `option` names the one to change. */
export class OptimizeOptionsError extends Error {
  override readonly name = 'OptimizeOptionsError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly option: string;
  constructor(option: string, message: string) {
    super(`optimize: ${option}: ${message}`);
    this.option = option;
  }
}

export function refuse(option: string, message: string): never {
  throw new OptimizeOptionsError(option, message);
}

/** Options with the defaults of the mode filled in; `validation` sizes the default budget (20 passes). */
export function resolveOptions(
  settings: OptimizeSettings,
  validation: readonly string[],
): OptimizeOptions {
  const durable = settings.mode !== 'reference';
  const options: OptimizeOptions = {
    mode: 'durable',
    seed: 0,
    minibatch: 3,
    selector: { kind: 'pareto' },
    module: 'round_robin',
    frontier: 'instance',
    objectives: [],
    acceptance: 'strict_improvement',
    sampling: durable ? { kind: 'adaptive', even: 2, max: 16 } : { kind: 'single' },
    selection: { kind: 'all' },
    perfectScore: 1,
    skipPerfect: true,
    cache: false,
    budget: durable && settings.stop === undefined ? 20 * validation.length : null,
    stop: [],
    standardErrors: 0,
    keep: [],
    coverage: durable ? 0.8 : 0,
    patience: 10,
    ...settings,
    merge: settings.merge ? { max: 5, overlapFloor: 5, ...settings.merge } : null,
    mends: { ...allMends(durable), ...settings.mends },
  };
  refuseContradictions(options, validation);
  return options;
}

function allMends(on: boolean): Mends {
  return {
    leaveOutUnscored: on,
    payOnce: on,
    reserveBudget: on,
    complainOnce: on,
    speculate: false,
    spreadBatches: on,
    pairedFinalist: on,
    evenAncestors: on,
    boundMerges: on,
    stopWhenStalled: on,
  };
}

function refuseContradictions(options: OptimizeOptions, validation: readonly string[]): void {
  if (options.budget === null && options.stop.length === 0)
    refuse('budget', 'set a budget of rollouts or a stop rule, else the search would never end');
  if (options.frontier !== 'instance' && options.objectives.length === 0)
    refuse(
      'objectives',
      `the ${options.frontier} frontier needs the names of the objective scores`,
    );
  if (!Number.isInteger(options.minibatch) || options.minibatch < 1)
    refuse('minibatch', `${options.minibatch} is not a number of examples; use 1 or more`);
  if (options.merge !== null && options.merge.overlapFloor < 1)
    refuse('merge.overlapFloor', 'must be at least 1');
  for (const id of options.keep)
    if (!validation.includes(id))
      refuse(
        'keep',
        `${JSON.stringify(id)} is not a validation example, so it would not be measured`,
      );
}
