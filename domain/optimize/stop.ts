import type { StopRule } from './options.ts';

/** What the no-improvement rules remember, by their path in the rule tree. */
export type StopMemory = Readonly<
  Record<string, { readonly best: number | null; readonly idle: number }>
>;

/** What only the caller can know; brought in with `observe`. */
export type Meters = {
  /** Wall-clock seconds since the search began. */
  readonly seconds: number;
  readonly reflectionUsd: number;
  /** Why the search should end before its next iteration, or null. */
  readonly stop: string | null;
};

export type Progress = {
  readonly iterations: number;
  readonly rollouts: number;
  /** Validation mean of each program of the pool. */
  readonly means: readonly number[];
  readonly meters: Meters;
  readonly memory: StopMemory;
};

export type StopCheck = { readonly fired: string | null; readonly memory: StopMemory };

/** Which of the rules fires, in words; rules behind a decided one are not consulted, as in gepa utils/stop_condition.py. */
export function checkStops(rules: readonly StopRule[], progress: Progress): StopCheck {
  if (progress.meters.stop !== null)
    return { fired: progress.meters.stop, memory: progress.memory };
  return check({ kind: 'any', of: rules }, { path: 'stop', progress });
}

function check(
  rule: StopRule,
  { path, progress }: { readonly path: string; readonly progress: Progress },
): StopCheck {
  const { iterations, rollouts, means, meters, memory } = progress;
  const say = (fires: boolean, words: string): StopCheck => ({
    fired: fires ? words : null,
    memory,
  });
  switch (rule.kind) {
    case 'metric_calls':
      return say(rollouts >= rule.max, `${rollouts} of ${rule.max} metric calls made`);
    case 'proposals':
      return say(iterations >= rule.max, `${iterations} of ${rule.max} proposals made`);
    case 'candidates':
      return say(means.length >= rule.max, `${means.length} of ${rule.max} candidates tracked`);
    case 'score': {
      const best = Math.max(...means);
      return say(best >= rule.threshold, `score ${best} reached the threshold ${rule.threshold}`);
    }
    case 'reflection_cost': {
      const { reflectionUsd } = meters;
      return say(reflectionUsd >= rule.usd, `reflection cost ${reflectionUsd} of ${rule.usd} USD`);
    }
    case 'timeout':
      return say(meters.seconds > rule.seconds, `the timeout of ${rule.seconds} s passed`);
    case 'no_improvement':
      return checkIdle(rule.iterations, { path, progress });
    case 'any':
    case 'all':
      return checkGroup(rule, { path, progress });
  }
}

function checkIdle(
  limit: number,
  { path, progress }: { readonly path: string; readonly progress: Progress },
): StopCheck {
  const known = progress.memory[path];
  const now = Math.max(...progress.means);
  const better = known === undefined || known.best === null || now > known.best;
  const idle = better ? 0 : known.idle + 1;
  const best = better ? now : known.best;
  return {
    fired: idle >= limit ? `no improvement in ${idle} iterations` : null,
    memory: { ...progress.memory, [path]: { best, idle } },
  };
}

function checkGroup(
  rule: Extract<StopRule, { of: readonly StopRule[] }>,
  { path, progress }: { readonly path: string; readonly progress: Progress },
): StopCheck {
  const fired: string[] = [];
  let memory = progress.memory;
  for (const [at, inner] of rule.of.entries()) {
    const outcome = check(inner, { path: `${path}.${at}`, progress: { ...progress, memory } });
    memory = outcome.memory;
    if (rule.kind === 'any' && outcome.fired !== null) return { fired: outcome.fired, memory };
    if (rule.kind === 'all' && outcome.fired === null) return { fired: null, memory };
    if (outcome.fired !== null) fired.push(outcome.fired);
  }
  return { fired: fired.length > 0 ? fired.join(' and ') : null, memory };
}
