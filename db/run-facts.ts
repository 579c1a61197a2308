import { kindOf, type ScorerKind, type ScorerVersion } from '../contracts/scorer.ts';
import type { Db } from './connect.ts';
import { promptsOf, type Usage, usageOf } from './evaluations.ts';
import type { Run } from './runs.ts';

/** What a run was made of: enough to make it again, or to say why another one differs. */
export type RunFacts = {
  readonly run: string;
  readonly createdAt: string;
  readonly dataset: string;
  readonly agent: string;
  readonly agentFingerprint: string;
  /** With `-dirty` where files were changed. */
  readonly gitCommit: string | null;
  /** Version by name, such as `router@3`. */
  readonly prompts: Readonly<Record<string, string>>;
  /** As `purpose: model`, of the calls that were made. */
  readonly models: readonly string[];
  /** By scorer version. */
  readonly parameters: Readonly<Record<string, ScorerParameters>>;
  /** Times that what had failed was asked for again. */
  readonly retries: number;
};

export type ScorerParameters = {
  readonly kind: ScorerKind;
  /** Null: that of the role, or none where no model is asked. */
  readonly model: string | null;
  readonly temperature?: number | undefined;
  readonly max_tokens?: number | undefined;
};

/** The facts of a run, with what it paid for. */
export async function factsOf(
  db: Db,
  run: Run,
): Promise<{ readonly facts: RunFacts; readonly usage: readonly Usage[] }> {
  const at = { project: run.project, run: run.name };
  const [usage, prompts] = await Promise.all([usageOf(db, at), promptsOf(db, at)]);
  const facts = {
    run: run.name,
    createdAt: run.createdAt,
    dataset: run.datasetVersion,
    agent: run.agent,
    agentFingerprint: run.agentFingerprint,
    gitCommit: run.gitCommit,
    prompts,
    models: [...new Set(usage.map(({ purpose, model }) => `${purpose}: ${model}`))],
    parameters: Object.fromEntries(run.scorers.map((found) => [found.id, parametersOf(found)])),
    retries: run.attempt,
  };
  return { facts, usage };
}

function parametersOf({ definition }: ScorerVersion): ScorerParameters {
  const kind = kindOf(definition);
  if (!('parameters' in definition)) return { kind, model: null };
  return { kind, model: definition.model ?? null, ...definition.parameters };
}

/** The facts as text by name, for lists and for two runs side by side. */
export function factTexts(facts: RunFacts): Readonly<Record<string, string>> {
  const { dataset, agent, agentFingerprint, gitCommit, prompts, models, parameters } = facts;
  return {
    dataset,
    agent: `${agent}, fingerprint ${agentFingerprint.slice(0, 12)}`,
    prompts: Object.values(prompts).join(', ') || 'none',
    'git commit': gitCommit?.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1') ?? 'unknown',
    models: models.join(', ') || 'none',
    scorers: Object.entries(parameters).map(scorerText).join(', '),
    started: facts.createdAt,
    'asked again': `${facts.retries} times`,
  };
}

function scorerText([id, { kind, model, ...set }]: readonly [string, ScorerParameters]): string {
  const told = [
    ...(kind === 'judge' ? [] : [kind]),
    ...(model === null ? [] : [model]),
    ...Object.entries(set).map(([name, value]) => `${name} ${value}`),
  ];
  return told.length === 0 ? id : `${id} (${told.join(', ')})`;
}
