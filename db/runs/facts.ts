import { changeText } from '../../contracts/dialect.ts';
import type { RunFacts, ScorerParameters } from '../../contracts/run-facts.ts';
import { kindOf, type ScorerVersion } from '../../contracts/scorer.ts';
import type { Db } from '../connect.ts';
import { dialectsOf } from '../engines/dialects.ts';
import { promptsOf, type Usage, usageOf } from './evaluations.ts';
import type { Run } from './runs.ts';

/** The facts of a run, with what it paid for. */
export async function factsOf(
  db: Db,
  run: Run,
): Promise<{ readonly facts: RunFacts; readonly usage: readonly Usage[] }> {
  const at = { project: run.project, run: run.name };
  const [usage, prompts] = await Promise.all([usageOf(db, at), promptsOf(db, at)]);
  const known = await dialectsOf(db, [...new Set(usage.map(({ model }) => model))]);
  const facts = {
    run: run.name,
    createdAt: run.createdAt,
    dataset: run.datasetVersion,
    agent: run.agent,
    agentFingerprint: run.agentFingerprint,
    gitCommit: run.gitCommit,
    prompts,
    models: [...new Set(usage.map(({ purpose, model }) => `${purpose}: ${model}`))],
    dialects: [...new Set(known.map(({ model, change }) => `${model}: ${changeText(change)}`))],
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
