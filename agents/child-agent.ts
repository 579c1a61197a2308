import type { AgentFunction } from '../contracts/agent.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Span } from '../contracts/trace.ts';
import { inTrace } from './active-span.ts';
import type { createCollector } from './collect.ts';
import { type ContextPorts, createContext } from './context.ts';
import type { Recorded, Work } from './protocol.ts';
import { rootSpanId } from './span-id.ts';

type AgentRun = Pick<ContextPorts, 'complete' | 'signal'> & {
  readonly work: Extract<Work, { kind: 'run' }>;
  readonly collector: ReturnType<typeof createCollector>;
};

/** Begins one run of an agent in this process: its outputs, and what it has recorded by then. */
export function runAgent(
  agent: AgentFunction,
  { work, collector, ...ports }: AgentRun,
): { readonly outputs: Promise<JsonObject>; readonly recorded: () => Promise<Recorded> } {
  const { traceId, prompts, inputs } = work;
  const spans: Span[] = [];
  const context = createContext({ ...ports, traceId, prompts, now: Date.now, spans });
  const run = async (): Promise<JsonObject> => {
    collector.begin(traceId);
    const root = { traceId, spanId: rootSpanId(traceId) };
    const outputs = await inTrace(root, () => agent(inputs, context));
    if (outputs === null || typeof outputs !== 'object' || Array.isArray(outputs))
      throw new TypeError('the agent must return an object, such as { answer: "..." }');
    return outputs;
  };
  return {
    outputs: run(),
    recorded: async () => ({ spans, exported: await collector.end(traceId) }),
  };
}
