import type { RunFacts, ScorerParameters } from '../../contracts/run-facts.ts';

/** The facts as text by name, for lists and for two runs side by side. */
export function factTexts(facts: RunFacts): Readonly<Record<string, string>> {
  const { dataset, agent, agentFingerprint, gitCommit, prompts, models, dialects, parameters } =
    facts;
  return {
    dataset,
    agent: `${agent}, fingerprint ${agentFingerprint.slice(0, 12)}`,
    prompts: Object.values(prompts).join(', ') || 'none',
    'git commit': gitCommit?.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1') ?? 'unknown',
    models: models.join(', ') || 'none',
    ...(dialects.length === 0 ? {} : { 'learned of models': dialects.join('; ') }),
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
