import 'attune/trace';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI } from '@langchain/openai';
import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { alone, MODEL, service, textOf } from './service.ts';

const { apiKey, ...configuration } = service;
const model = new ChatOpenAI({ model: MODEL, apiKey, configuration });
const prompt = ChatPromptTemplate.fromMessages([
  ['system', '{instructions}'],
  ['user', '{message}'],
]);
const chain = prompt.pipe(model).pipe(new StringOutputParser());

/** Routes a message with a chain of LangChain.js. */
export async function agent(inputs: JsonObject, context: Pick<AgentContext, 'prompt'>) {
  const instructions = context.prompt('router');
  return { route: await chain.invoke({ instructions, message: textOf(inputs) }) };
}

if (import.meta.main) await alone(agent);
