import { readFileSync } from 'node:fs';
import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';

/** The model service of the examples: the practice model of a running stack, or any that speaks OpenAI's protocol. */
export const service = {
  baseURL: process.env['EXAMPLE_BASE_URL'] ?? process.env['OPENAI_BASE_URL'] ?? '',
  apiKey: process.env['EXAMPLE_API_KEY'] ?? 'none',
};
export const MODEL = process.env['EXAMPLE_MODEL'] ?? 'practice-agent';

export const textOf = ({ message }: JsonObject): string =>
  typeof message === 'string' ? message : '';

type Agent = (
  inputs: JsonObject,
  context: Pick<AgentContext, 'prompt'>,
) => Promise<{ readonly route: string }>;

/** Runs the agent on the command line's message, outside of Attune: its spans go where `attune/trace` sends them. */
export async function alone(agent: Agent): Promise<void> {
  const prompt = readFileSync(new URL('../telecom/prompts/router.md', import.meta.url), 'utf8');
  const message = process.argv[2] ?? 'Why is my bill higher this month?';
  console.log(await agent({ message }, { prompt: () => prompt }));
}
