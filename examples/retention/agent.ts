import type { AgentContext } from '../../contracts/agent.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { lookup, offers, ticket, usage } from './tools.ts';

type Specialist = (number: string, message: string, context: AgentContext) => Promise<JsonObject>;

/** Calls a tool in a span; one that fails leaves its error to the answer. */
async function fact(name: string, call: () => Promise<JsonObject>) {
  try {
    return { [name]: await call() };
  } catch (error) {
    return { [name]: { error: error instanceof Error ? error.message : String(error) } };
  }
}

const account = (number: string, context: AgentContext) =>
  fact('lookup', () => context.tool('lookup', { number }, lookup));

const SPECIALISTS: Readonly<Record<string, Specialist>> = {
  /** Asks who is writing; needs no tool. */
  identify: () => Promise.resolve({}),
  usage: async (number, _message, context) => ({
    ...(await account(number, context)),
    ...(await fact('usage', () => context.tool('usage', { number }, usage))),
  }),
  offers: async (number, _message, context) => ({
    ...(await account(number, context)),
    ...(await fact('offers', () => context.tool('offers', {}, offers))),
  }),
  ticket: async (number, about, context) => ({
    ...(await account(number, context)),
    ...(await fact('ticket', () => context.tool('ticket', { number, about }, ticket))),
  }),
};

/** A supervisor sends the message to a specialist, who gathers facts with tools; the answer is written from them. */
export async function agent(inputs: JsonObject, context: AgentContext): Promise<JsonObject> {
  const message = typeof inputs['message'] === 'string' ? inputs['message'] : '';
  const number = /\bC-\d{4}\b/.exec(message)?.[0] ?? null;
  const specialist = await context.span({ name: 'supervisor' }, async () => {
    const { text } = await context.complete({
      messages: [
        { role: 'system', content: context.prompt('supervisor') },
        { role: 'user', content: `Customer: ${number ?? 'unidentified'}\n${message}` },
      ],
    });
    const named = text.toLowerCase().match(/[a-z]+/g) ?? [];
    return named.find((word) => Object.hasOwn(SPECIALISTS, word)) ?? 'offers';
  });
  if (specialist === 'identify')
    return { specialist, answer: 'Please give me your customer number, so that I can help you.' };
  const facts = await context.span({ name: specialist, kind: 'agent' }, () =>
    SPECIALISTS[specialist]!(number ?? 'unknown', message, context),
  );
  const { text } = await context.complete({
    messages: [
      { role: 'system', content: context.prompt('answer') },
      { role: 'user', content: `${message}\n\nFacts: ${JSON.stringify(facts)}` },
    ],
  });
  return { specialist, answer: text };
}
