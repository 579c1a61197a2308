import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { CompletionRequest } from '../../contracts/model.ts';

/** Model and parameters of a scorer's calls; a model that it names goes before the one of the role judge. */
export function callSettings(
  scorer: Pick<JudgeDefinition, 'model' | 'parameters'>,
  model: string,
): Pick<CompletionRequest, 'model' | 'temperature' | 'maxTokens'> {
  const { temperature, max_tokens: maxTokens } = scorer.parameters;
  return {
    model: scorer.model ?? model,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}
