/** The process that runs user code: it holds no key and no address; model calls go through its parent. */
import { pathToFileURL } from 'node:url';
import type { AgentFunction } from '../contracts/agent.ts';
import type { Completion } from '../contracts/model.ts';
import { inTrace } from './active-span.ts';
import { createCollector, PROCESSOR } from './collect.ts';
import { createContext } from './context.ts';
import type { FromChild, ToChild } from './protocol.ts';
import { rootSpanId } from './span-id.ts';

type Waiting = {
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: Error) => void;
};
type Running = { readonly abort: AbortController; readonly calls: Map<number, Waiting> };

/** The model call failed for good; user code may catch it. */
class ModelCallError extends Error {
  override readonly name = 'ModelCallError';
}

const running = new Map<number, Running>();
const collector = createCollector();
Object.assign(globalThis, { [PROCESSOR]: collector.processor });
const send = (message: FromChild): void => {
  process.send?.(message);
};

async function agentOf(file: string, exported: string): Promise<AgentFunction> {
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = loaded[exported];
  if (typeof found !== 'function')
    throw new TypeError(`${file} does not export a function named \`${exported}\``);
  return found as AgentFunction;
}

async function run(message: Extract<ToChild, { kind: 'run' }>): Promise<void> {
  const { id, traceId } = message;
  const state: Running = { abort: new AbortController(), calls: new Map() };
  running.set(id, state);
  let calls = 0;
  const { context, spans } = createContext({
    traceId,
    prompts: message.prompts,
    signal: state.abort.signal,
    now: Date.now,
    complete: (request, parent) =>
      new Promise((resolve, reject) => {
        const call = (calls += 1);
        state.calls.set(call, { resolve, reject });
        send({ kind: 'complete', id, call, parent, request });
      }),
  });
  const recorded = async () => ({ spans, exported: await collector.end(traceId) });
  try {
    const agent = await agentOf(message.file, message.exported);
    collector.begin(traceId);
    const root = { traceId, spanId: rootSpanId(traceId) };
    const outputs = await inTrace(root, () => agent(message.inputs, context));
    if (outputs === null || typeof outputs !== 'object' || Array.isArray(outputs))
      throw new TypeError('the agent must return an object, such as { answer: "..." }');
    send({ kind: 'returned', id, outputs, recorded: await recorded() });
  } catch (error) {
    const { name, message: text } = error instanceof Error ? error : new Error(String(error));
    send({ kind: 'threw', id, error: { name, message: text }, recorded: await recorded() });
  } finally {
    running.delete(id);
  }
}

function receive(message: ToChild): void {
  switch (message.kind) {
    case 'run':
      void run(message);
      return;
    case 'completed':
      settle(message.id, message.call)?.resolve(message.completion);
      return;
    case 'refused':
      settle(message.id, message.call)?.reject(new ModelCallError(message.message));
      return;
    case 'abort':
      running.get(message.id)?.abort.abort();
      return;
    case 'ping':
      send({ kind: 'pong', n: message.n });
      return;
  }
}

function settle(id: number, call: number): Waiting | undefined {
  const waiting = running.get(id)?.calls.get(call);
  running.get(id)?.calls.delete(call);
  return waiting;
}

process.on('message', receive);
// An error that user code throws outside of any run must not end the other runs; the run it belongs to ends by its timeout.
process.on('unhandledRejection', (reason) => console.error('agent code, unhandled:', reason));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
send({ kind: 'ready' });
