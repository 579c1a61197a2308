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
  /** Names of the prompts it asks for. */
  prompts: z.array(name).min(1),
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
  ...shared,
});

/** Replays the recorded outputs of the rows: nothing is run. */
export const recordedAgent = z.strictObject({ kind: z.literal('recorded'), ...shared });

export const agentDeclaration = z.discriminatedUnion('kind', [
  moduleAgent,
  promptAgent,
  httpAgent,
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
