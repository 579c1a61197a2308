import type { z } from 'zod';
import { cycleSpec, type CycleSpec } from '../../contracts/spec.ts';
import { InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { readSpec, type SpecFile } from '../spec/read.ts';

/** The options of `attune optimize`, as commander gives them. */
export type OptimizeFlags = {
  readonly dataset?: string;
  readonly agent?: string;
  readonly prompt?: readonly string[];
  readonly judge?: string;
  readonly scorer?: readonly string[];
  readonly name?: string;
  readonly budget?: number;
  readonly usd?: number;
  readonly seed?: number;
  readonly minibatch?: number;
  readonly parents?: number;
  readonly mutations?: number;
  readonly merge?: boolean;
  readonly speculate?: boolean;
  readonly frontier?: string;
  readonly objective?: readonly string[];
  readonly warmFrom?: string;
};

/** The spec of a search: a cycle's spec file with options over it, or the options alone. @throws InvalidInputError */
export function readOptimizeSpec(path: string | undefined, flags: OptimizeFlags): SpecFile {
  const file = path === undefined ? null : readSpec(path);
  const { prompts, alias } = promptsOf(flags.prompt ?? []);
  const base: Partial<CycleSpec> = file?.spec ?? {};
  const agent = flags.agent ?? base.agent;
  const agentName = typeof agent === 'object' ? agent.name : agent;
  const parsed = cycleSpec.safeParse({
    ...base,
    cycle: flags.name ?? `${base.cycle ?? agentName}-search`,
    dataset: flags.dataset ?? base.dataset,
    agent,
    judge: flags.judge ?? base.judge,
    ...(flags.scorer !== undefined && { scorers: [...(base.scorers ?? []), ...flags.scorer] }),
    ...(flags.prompt !== undefined && { prompts }),
    ...(alias !== null && { alias }),
    ...(flags.usd !== undefined && { budget: { ...base.budget, usd: flags.usd } }),
    optimize: { ...base.optimize, ...searchOf(flags) },
  });
  const at = (keys: readonly (string | number)[]): string =>
    file?.at(keys) ?? `--${String(keys[0])}`;
  if (!parsed.success) throw new InvalidInputError(faultsOf(parsed.error));
  return { path: file?.path ?? '', folder: file?.folder ?? process.cwd(), spec: parsed.data, at };
}

function faultsOf(error: z.ZodError): { readonly at: string; readonly message: string }[] {
  return issuesOf(error).map(({ path, message }) => {
    const [first = 'options', second] = path;
    const option =
      first === 'optimize' ? (OPTION[String(second)] ?? String(second)) : String(first);
    return { at: `--${OPTION[option] ?? option}`, message };
  });
}

const OPTION: Readonly<Record<string, string>> = {
  cycle: 'name',
  prompts: 'prompt',
  objectives: 'objective',
  warmFrom: 'warm-from',
};

const searchOf = (flags: OptimizeFlags) =>
  Object.fromEntries(
    Object.entries({
      budget: flags.budget,
      seed: flags.seed,
      minibatch: flags.minibatch,
      parents: flags.parents,
      mutations: flags.mutations,
      merge: flags.merge,
      speculate: flags.speculate,
      frontier: flags.frontier,
      objectives: flags.objective,
      warmFrom: flags.warmFrom,
    }).filter(([, value]) => value !== undefined),
  );

/** Reads `name` or `name@alias` of each prompt; all stand at one alias. @throws InvalidInputError */
function promptsOf(references: readonly string[]): {
  readonly prompts: Readonly<Record<string, null>>;
  readonly alias: string | null;
} {
  const read = references.map((reference) => reference.split('@'));
  const aliases = new Set(read.flatMap(([, alias]) => alias ?? []));
  if (aliases.size > 1)
    throw new InvalidInputError(
      [{ at: '--prompt', message: `different aliases: ${[...aliases].join(', ')}` }],
      'The prompts of one agent are tuned together, from one alias.',
    );
  return {
    prompts: Object.fromEntries(read.map(([name]) => [name!, null])),
    alias: [...aliases][0] ?? null,
  };
}
