import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { CompletionRequest } from '../../contracts/model.ts';

/** Model and parameters of a scorer's calls; a model that it names goes before the one of the role judge. */
export function callSettings(
  scorer: Pick<JudgeDefinition, 'model' | 'parameters'>,
  model: string,
): Pick<CompletionRequest, 'model' | 'temperature' | 'maxTokens' | 'fixed'> {
  const { temperature, max_tokens: maxTokens } = scorer.parameters;
  return {
    model: scorer.model ?? model,
    // What a judge names is a part of it: another temperature would be another judge.
    ...(temperature === undefined ? {} : { temperature, fixed: ['temperature'] }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}
