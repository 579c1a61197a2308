import 'attune/trace';
import OpenAI from 'openai';
import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { alone, MODEL, service, textOf } from './service.ts';

const client = new OpenAI(service);

/** Routes a message with the openai package. */
export async function agent(inputs: JsonObject, context: Pick<AgentContext, 'prompt'>) {
  const { choices } = await client.chat.completions.create({
    model: MODEL,
    messages: [
      { role: 'system', content: context.prompt('router') },
      { role: 'user', content: textOf(inputs) },
    ],
  });
  return { route: choices[0]?.message.content ?? '' };
}

if (import.meta.main) await alone(agent);
