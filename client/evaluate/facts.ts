import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { Db } from '../../db/connect.ts';
import { promptsOf, type Usage, usageOf } from '../../db/evaluations.ts';
import type { Run } from '../../db/runs.ts';

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
  /** Model (null: that of the role) and parameters by judge version. */
  readonly judges: Readonly<Record<string, JudgeParameters>>;
  /** Times that what had failed was asked for again. */
  readonly retries: number;
};

export type JudgeParameters = JudgeDefinition['parameters'] & { readonly model: string | null };

/** The facts of a run, with what it paid for. */
export async function factsOf(
  db: Db,
  run: Run,
): Promise<{ readonly facts: RunFacts; readonly usage: readonly Usage[] }> {
  const at = { project: run.project, run: run.name };
  const [usage, prompts] = await Promise.all([usageOf(db, at), promptsOf(db, at)]);
  const judges = run.judges.map(({ id, definition }): [string, JudgeParameters] => [
    id,
    { model: definition.model ?? null, ...definition.parameters },
  ]);
  const facts = {
    run: run.name,
    createdAt: run.createdAt,
    dataset: run.datasetVersion,
    agent: run.agent,
    agentFingerprint: run.agentFingerprint,
    gitCommit: run.gitCommit,
    prompts,
    models: [...new Set(usage.map(({ purpose, model }) => `${purpose}: ${model}`))],
    judges: Object.fromEntries(judges),
    retries: run.attempt,
  };
  return { facts, usage };
}

/** The facts as text by name, for lists and for two runs side by side. */
export function factTexts(facts: RunFacts): Readonly<Record<string, string>> {
  const { dataset, agent, agentFingerprint, gitCommit, prompts, models, judges } = facts;
  return {
    dataset,
    agent: `${agent}, fingerprint ${agentFingerprint.slice(0, 12)}`,
    prompts: Object.values(prompts).join(', ') || 'none',
    'git commit': gitCommit ?? 'unknown',
    models: models.join(', ') || 'none',
    judges: Object.entries(judges).map(judgeText).join(', '),
    started: facts.createdAt,
    'asked again': `${facts.retries} times`,
  };
}

function judgeText([id, { model, ...parameters }]: readonly [string, JudgeParameters]): string {
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  const told = [...(model === null ? [] : [model]), ...set];
  return told.length === 0 ? id : `${id} (${told.join(', ')})`;
}
