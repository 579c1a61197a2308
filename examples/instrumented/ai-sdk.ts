import 'attune/trace';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';
import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { alone, MODEL, service, textOf } from './service.ts';

const provider = createOpenAICompatible({ name: 'example', ...service });

/** Routes a message with the AI SDK. */
export async function agent(inputs: JsonObject, context: Pick<AgentContext, 'prompt'>) {
  const { text } = await generateText({
    model: provider(MODEL),
    instructions: context.prompt('router'),
    prompt: textOf(inputs),
  });
  return { route: text };
}

if (import.meta.main) await alone(agent);
