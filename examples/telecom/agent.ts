import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';

export const ROUTES = [
  'billing',
  'plans',
  'devices',
  'technical',
  'account',
  'roaming',
  'human',
] as const;
export type Route = (typeof ROUTES)[number];

/** Routes one customer message by the prompt `router`; a reply that names no route goes to a person. */
export async function agent(
  inputs: JsonObject,
  context: AgentContext,
): Promise<{ readonly route: Route }> {
  const { text } = await context.complete({
    messages: [
      { role: 'system', content: context.prompt('router') },
      { role: 'user', content: conversationOf(inputs) },
    ],
  });
  return { route: routeIn(text) };
}

/** What the model reads: the message alone, or after the customer's earlier ones. */
export function conversationOf({ message, previous }: JsonObject): string {
  const text = typeof message === 'string' ? message : '';
  const now = text.trim() === '' ? '(an empty message)' : text;
  if (!Array.isArray(previous) || previous.length === 0) return now;
  return `Before:\n${previous.map((earlier) => `> ${String(earlier)}`).join('\n')}\n\nNow:\n${now}`;
}

/** The first route that a reply names, as a whole word in any case; `human` when it names none. */
export function routeIn(reply: string): Route {
  const words = reply.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.flatMap((word) => ROUTES.filter((route) => route === word))[0] ?? 'human';
}
