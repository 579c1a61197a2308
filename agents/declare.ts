import { z } from 'zod';
import { jsonObject } from '../contracts/json.ts';
import { judgeDefinition } from '../contracts/judge.ts';
import { name } from '../contracts/name.ts';
import { duration } from '../contracts/duration.ts';
import { valueType } from '../contracts/value.ts';

const shared = {
  /** Replaces the file hash as the agent's fingerprint. */
  version: z.string().min(1).optional(),
  /** An agent that always answers alike needs one trial at the gate. */
  deterministic: z.boolean().default(false),
  /** Bound on the agent's own time; waiting for our model client does not count. */
  timeout: duration.default('60s'),
};

export const moduleAgent = z.strictObject({
  kind: z.literal('module'),
  /** File with the agent function, relative to the config file. */
  path: z.string().min(1),
  /** Name of the exported function. */
  export: z.string().default('agent'),
  /** Names of the prompts it asks for; none where it is only to be evaluated. */
  prompts: z.array(name).default([]),
  ...shared,
});

export const promptAgent = z.strictObject({
  kind: z.literal('prompt'),
  /** The prompt sent as the system message; the inputs are the user message. */
  prompt: name,
  ...shared,
});

/** A service of one's own that answers a POST of `{ inputs, prompts }` with its outputs, a JSON object. */
export const httpAgent = z.strictObject({
  kind: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).default({}),
  /** Names of the prompts that are sent to it; none where it keeps its own. */
  prompts: z.array(name).default([]),
  /** Requests under way at once. */
  concurrency: z.int().min(1).max(1_000).default(16),
  ...shared,
});

/** A program in any language: a JSON line `{ inputs, prompts }` on its standard input, its outputs as a JSON line on its standard output. */
export const commandAgent = z.strictObject({
  kind: z.literal('command'),
  /** Program and arguments, started in the folder of the config file; no shell reads them. */
  command: z.array(z.string()).min(1),
  /** Names of the prompts that are sent to it; none where it keeps its own. */
  prompts: z.array(name).default([]),
  /** Names of environment variables that it is given, besides what any program needs (PATH, HOME, LANG ...). */
  env: z.array(z.string().regex(/^[A-Za-z_]\w*$/)).default([]),
  /** Processes at once; each works on one line at a time and stays for the next. */
  concurrency: z.int().min(1).max(256).default(2),
  ...shared,
});

/** Replays the recorded outputs of the rows: nothing is run. */
export const recordedAgent = z.strictObject({ kind: z.literal('recorded'), ...shared });

export const agentDeclaration = z.discriminatedUnion('kind', [
  moduleAgent,
  promptAgent,
  httpAgent,
  commandAgent,
  recordedAgent,
]);
export type AgentDeclaration = z.infer<typeof agentDeclaration>;

/** A function that assesses outputs. */
export const codeScorerDeclaration = z.strictObject({
  /** File with the function, relative to the config file. */
  path: z.string().min(1),
  /** Name of the exported function. */
  export: z.string().default('scorer'),
  /** Type of what it returns, with its map to scores; default a number from 0 to 1. */
  value: valueType.default({ type: 'number', min: 0, max: 1 }),
  /** Replaces the file hash as the scorer's fingerprint. */
  version: z.string().min(1).optional(),
  /** Bound on the scorer's own time; waiting for a judge does not count. */
  timeout: duration.default('30s'),
});
export type CodeScorerDeclaration = z.infer<typeof codeScorerDeclaration>;

/** A scorer of the npm package `autoevals`, which is looked for beside the config file. */
export const autoevalsDeclaration = z.strictObject({
  /** Its name there, such as `Factuality` or `Levenshtein`. */
  autoevals: z.string().min(1),
  /** Dotted paths into the subject. */
  input: z.string().default('inputs'),
  output: z.string().default('outputs'),
  expected: z.string().default('expectations'),
  /** Default: the model of the role `judge`. */
  model: z.string().min(1).optional(),
  /** Further arguments of the scorer. */
  args: jsonObject.default({}),
  timeout: duration.default('60s'),
});
export type AutoevalsDeclaration = z.infer<typeof autoevalsDeclaration>;

/** A judge as its file would say it, without its name. */
export const judgeDeclaration = judgeDefinition.omit({ name: true });

/** Checks a judge written in TypeScript by its type; for `judges` of `attune.config.ts`. */
export const defineJudge = (
  judge: z.input<typeof judgeDeclaration>,
): z.input<typeof judgeDeclaration> => judge;

export const attuneConfig = z.strictObject({
  agents: z.record(name, agentDeclaration).default({}),
  /** Code scorers, and those of `autoevals`, by name. */
  scorers: z.record(name, z.union([codeScorerDeclaration, autoevalsDeclaration])).default({}),
  /** Judges written in TypeScript, by name; each becomes a version when a worker loads the file. */
  judges: z.record(name, judgeDeclaration).default({}),
});
export type AttuneConfig = z.infer<typeof attuneConfig>;

/** Declares agents, scorers and judges in `attune.config.ts`; faults are found when a worker loads the file. */
export const defineConfig = (config: z.input<typeof attuneConfig>): z.input<typeof attuneConfig> =>
  config;
