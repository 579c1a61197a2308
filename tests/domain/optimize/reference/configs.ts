import type { GoldenConfig } from '../../../../scripts/golden/format.ts';
import type { StopRule } from '../../../../domain/optimize/options.ts';
import { createRandom, type Random } from '../../../../domain/random.ts';

/** Legal configs of the golden format, drawn over every option it has; the seed fixes them all. */
export function drawConfigs(count: number, seed: number): readonly GoldenConfig[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => drawConfig(random, `d${seed}_${at}`));
}

function drawConfig(random: Random, name: string): GoldenConfig {
  const of = <T>(...choices: readonly T[]): T => random.choice(choices);
  const config: GoldenConfig = {
    name,
    seed: of(0, random.below(100), random.below(2 ** 32), 2 ** 40 + 3),
    components: of(1, 2, 3, 4),
    train: of(1, 2, 3, 5, 7, 10, 16, 25, 50),
    val: of(1, 2, 4, 5, 6, 8, 10, 15, 25, 30),
    minibatch: of(1, 2, 3, 4, 5, 7),
    budget: of(1, 50, 200, 400, 800),
    selector: of('pareto', 'epsilon_greedy', 'current_best', 'top_k_pareto'),
    module: of('round_robin', 'all'),
    merge: of(true, false),
    max_merges: of(0, 1, 2, 5, 20),
    frontier: of('instance', 'objective', 'hybrid', 'cartesian'),
    acceptance: of('strict_improvement', 'improvement_or_equal'),
    cache: of(true, false),
    skip_perfect_score: of(true, false),
    metric: of('uniform', 'easy', 'binary', 'hard'),
    text_mod: of(1, 2, 6, 1000, 100_000),
    sampling: drawSampling(random),
    selection: of({ kind: 'all' }, { kind: 'best' }, { kind: 'top_k', k: 1 + random.below(4) }),
  };
  return of(true, false) ? config : { ...config, stop: [drawRule(random, 0), drawRule(random, 0)] };
}

function drawSampling(random: Random): GoldenConfig['sampling'] {
  const [p, n] = [1 + random.below(3), 1 + random.below(4)];
  return random.choice<GoldenConfig['sampling']>([
    { kind: 'single' },
    { kind: 'same_parent', n },
    { kind: 'independent', n },
    { kind: 'pxn', p, n },
  ]);
}

function drawRule(random: Random, depth: number): StopRule {
  const max = 1 + random.below(25);
  const simple: readonly StopRule[] = [
    { kind: 'metric_calls', max: 10 * max },
    { kind: 'proposals', max },
    { kind: 'candidates', max },
    { kind: 'score', threshold: max / 25 },
    { kind: 'no_improvement', iterations: max },
  ];
  if (depth === 2 || random.random() < 0.7) return random.choice(simple);
  const of = [drawRule(random, depth + 1), drawRule(random, depth + 1)];
  return { kind: random.choice(['any', 'all'] as const), of };
}
