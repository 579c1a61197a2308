import { z } from 'zod';
import type { OptimizeSettings, Selector, StopRule } from '../../domain/optimize/options.ts';

export type Fields = Readonly<Record<string, unknown>>;

const count = z.int().positive();
const name = z.string();

const stopRule: z.ZodType<StopRule> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['metric_calls', 'proposals', 'candidates']), max: z.int() }),
    z.object({ kind: z.literal('no_improvement'), iterations: z.int() }),
    z.object({ kind: z.literal('score'), threshold: z.number() }),
    z.object({ kind: z.enum(['any', 'all']), of: z.array(stopRule) }),
  ]),
);

const goldenConfig = z.object({
  name,
  seed: z.int(),
  components: count.max(4),
  train: count,
  val: count,
  minibatch: count,
  budget: z.int(),
  selector: z.enum(['pareto', 'epsilon_greedy', 'current_best', 'top_k_pareto']),
  module: z.enum(['round_robin', 'all']),
  merge: z.boolean(),
  max_merges: z.int(),
  frontier: z.enum(['instance', 'objective', 'hybrid', 'cartesian']),
  acceptance: z.enum(['strict_improvement', 'improvement_or_equal']),
  cache: z.boolean(),
  skip_perfect_score: z.boolean(),
  metric: z.enum(['uniform', 'easy', 'binary', 'hard']),
  text_mod: count,
  sampling: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('single') }),
    z.object({ kind: z.enum(['same_parent', 'independent']), n: z.int() }),
    z.object({ kind: z.literal('pxn'), p: z.int(), n: z.int() }),
  ]),
  selection: z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['all', 'best']) }),
    z.object({ kind: z.literal('top_k'), k: z.int() }),
  ]),
  /** An addition of ours to the format: stoppers beside the budget, consulted before it. */
  stop: z.array(stopRule).optional(),
});
export type GoldenConfig = z.infer<typeof goldenConfig>;

const golden = z.object({
  config: goldenConfig,
  seed_candidate: z.record(name, z.string()),
  front_keys: z.array(z.array(name)),
  events: z.array(z.record(name, z.unknown())),
  final: z.record(name, z.unknown()),
});
export type Golden = z.infer<typeof golden>;

/** Objective names, in the order in which the reference meets them. */
export const OBJECTIVES = ['quality', 'brevity', 'accuracy'] as const;

/** Reads the text of a golden file; throws where it is not one, saying what is missing or wrong. */
export function readGolden(text: string): Golden {
  const read = golden.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`not a golden trace:\n${z.prettifyError(read.error)}`);
  return read.data;
}

/** The engine's options of a golden run; fixed by the format: epsilon 0.1, k 5, overlap floor 5, perfect score 1. */
export function settingsOf(config: GoldenConfig): OptimizeSettings {
  const selectors: Readonly<Record<Selector['kind'], Selector>> = {
    pareto: { kind: 'pareto' },
    epsilon_greedy: { kind: 'epsilon_greedy', epsilon: 0.1 },
    current_best: { kind: 'current_best' },
    top_k_pareto: { kind: 'top_k_pareto', k: 5 },
  };
  return {
    mode: 'reference',
    seed: config.seed,
    minibatch: config.minibatch,
    budget: config.budget,
    selector: selectors[config.selector],
    module: config.module,
    merge: config.merge ? { max: config.max_merges, overlapFloor: 5 } : null,
    frontier: config.frontier,
    objectives: config.frontier === 'instance' ? [] : OBJECTIVES,
    acceptance: config.acceptance,
    cache: config.cache,
    skipPerfect: config.skip_perfect_score,
    sampling: config.sampling,
    selection: config.selection,
    stop: config.stop ?? [],
  };
}
