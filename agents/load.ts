import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { AgentRecord } from '../contracts/agent.ts';
import { hashJson } from '../contracts/hash.ts';
import { milliseconds } from '../contracts/duration.ts';
import type { Json } from '../contracts/json.ts';
import type { CodeScorer } from '../contracts/scorer.ts';
import type { JudgeDefinition } from '../contracts/judge.ts';
import {
  type AgentDeclaration,
  attuneConfig,
  type AutoevalsDeclaration,
  type CodeScorerDeclaration,
} from './declare.ts';
import { fingerprintOf } from './fingerprint.ts';

export type LoadedAgent = {
  readonly record: AgentRecord;
  readonly declaration: AgentDeclaration;
  /** Absolute path of a module agent's file, or of the first file that a program's command line names. */
  readonly file: string | null;
  /** Folder of the config file, in which programs are started. */
  readonly folder?: string;
};

export type LoadedScorer = {
  readonly definition: CodeScorer;
  /** Absolute path of its file. */
  readonly file: string;
  readonly exported: string;
  readonly timeoutMs: number;
  /** Given to the function as its third argument. */
  readonly options: Json;
};

/** What a config file declares, by name. */
export type LoadedConfig = {
  readonly agents: Readonly<Record<string, LoadedAgent>>;
  readonly scorers: Readonly<Record<string, LoadedScorer>>;
  readonly judges: readonly JudgeDefinition[];
};

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly path: string;
  constructor(path: string, fault: string) {
    super(
      `${path}: ${fault}. Mend the file; it must export a default \`defineConfig({ agents })\`.`,
    );
    this.path = path;
  }
}

/** How the default export of a config file is had: it is user code, which workers evaluate in a process that holds no secrets. */
export type ReadConfig = (file: string) => Promise<unknown>;

const readHere: ReadConfig = async (file) =>
  ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;

/** Loads `attune.config.ts`. @throws ConfigError */
export async function loadConfig(path: string, read: ReadConfig = readHere): Promise<LoadedConfig> {
  const file = resolve(path);
  if (!existsSync(file)) return { agents: {}, scorers: {}, judges: [] };
  const parsed = attuneConfig.safeParse(await read(file));
  if (!parsed.success) throw new ConfigError(path, z.prettifyError(parsed.error));
  return {
    agents: each(parsed.data.agents, (name, of) => resolveAgent(file, name, of)),
    scorers: each(parsed.data.scorers, (name, of) =>
      'autoevals' in of ? autoevalsScorer(file, name, of) : resolveScorer(file, name, of),
    ),
    judges: Object.entries(parsed.data.judges).map(([name, judge]) => ({ ...judge, name })),
  };
}

const each = <T, L>(
  declared: Readonly<Record<string, T>>,
  load: (name: string, of: T) => L,
): Readonly<Record<string, L>> =>
  Object.fromEntries(Object.entries(declared).map(([name, of]) => [name, load(name, of)]));

function resolveScorer(
  config: string,
  name: string,
  declaration: CodeScorerDeclaration,
): LoadedScorer {
  const file = resolve(dirname(config), declaration.path);
  if (!existsSync(file))
    throw new ConfigError(config, `scorer \`${name}\` names the file ${file}, which is not there`);
  const { version, value, timeout } = declaration;
  const fingerprint = version ?? hashJson([fingerprintOf(file), declaration.export]);
  return {
    definition: { kind: 'code', name, fingerprint, value },
    file,
    exported: declaration.export,
    timeoutMs: milliseconds(timeout),
    options: null,
  };
}

/** A prompt agent that a spec declares in place. */
export function inlineAgent(agent: {
  readonly name: string;
  readonly prompt: string;
  readonly timeout: string;
}): LoadedAgent {
  const { name, prompt, timeout } = agent;
  const declaration = { kind: 'prompt', prompt, timeout, deterministic: false } as const;
  return { record: recordOf(name, declaration, null), declaration, file: null };
}

function resolveAgent(config: string, name: string, declaration: AgentDeclaration): LoadedAgent {
  const folder = dirname(config);
  if (declaration.kind === 'command') {
    const [file = null] = filesOf(folder, declaration.command);
    return { record: recordOf(name, declaration, file, folder), declaration, file, folder };
  }
  const file = declaration.kind === 'module' ? resolve(folder, declaration.path) : null;
  if (file !== null && !existsSync(file))
    throw new ConfigError(config, `agent \`${name}\` names the file ${file}, which is not there`);
  return { record: recordOf(name, declaration, file), declaration, file, folder };
}

/** Files that a command line names: a change in them is another agent. */
const filesOf = (folder: string, command: readonly string[]): readonly string[] =>
  command
    .map((word) => resolve(folder, word))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);

const AUTOEVALS = fileURLToPath(new URL('autoevals.ts', import.meta.url));

function autoevalsScorer(
  config: string,
  name: string,
  { timeout, autoevals, model, ...paths }: AutoevalsDeclaration,
): LoadedScorer {
  const options = { ...paths, scorer: autoevals, model: model ?? null };
  const fingerprint = hashJson([packageVersion(config), options]);
  return {
    definition: { kind: 'code', name, fingerprint, value: { type: 'number', min: 0, max: 1 } },
    file: AUTOEVALS,
    exported: 'scorer',
    timeoutMs: milliseconds(timeout),
    options: { ...options, config },
  };
}

/** @throws ConfigError */
function packageVersion(config: string): string {
  try {
    const found = createRequire(config)('autoevals/package.json') as { readonly version: string };
    return found.version;
  } catch {
    throw new ConfigError(
      config,
      'it declares a scorer of `autoevals`, which is not installed; run: npm install autoevals',
    );
  }
}

function recordOf(
  name: string,
  declaration: AgentDeclaration,
  file: string | null,
  folder = '.',
): AgentRecord {
  const { concurrency } = declaration as { readonly concurrency?: number };
  return {
    name,
    kind: declaration.kind,
    fingerprint:
      declaration.version ??
      (declaration.kind === 'module' && file !== null
        ? fingerprintOf(file)
        : hashJson(identityOf(declaration, folder))),
    prompts: promptsOf(declaration),
    deterministic: declaration.deterministic,
    timeoutMs: milliseconds(declaration.timeout),
    ...(concurrency !== undefined && { concurrency }),
  };
}

/** What an agent is, where no module says it. Headers and values of variables may hold keys: they are no part of it. */
function identityOf(declaration: AgentDeclaration, folder: string): Json {
  const { kind } = declaration;
  if (kind === 'http') return { kind, url: declaration.url };
  if (kind !== 'command') return { kind };
  const files = filesOf(folder, declaration.command);
  return { kind, command: declaration.command, files: files.map(fingerprintOf) };
}

function promptsOf(declaration: AgentDeclaration): readonly string[] {
  switch (declaration.kind) {
    case 'module':
    case 'http':
    case 'command':
      return declaration.prompts;
    case 'prompt':
      return [declaration.prompt];
    case 'recorded':
      return [];
  }
}
