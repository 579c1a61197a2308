/** The process that runs user code: it holds no key and no address; model calls go through its parent. */
import { pathToFileURL } from 'node:url';
import type { AgentFunction } from '../contracts/agent.ts';
import type { JudgeAnswer, ScorerContext } from '../contracts/code-scorer.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Completion } from '../contracts/model.ts';
import { runAgent } from './child-agent.ts';
import { createCollector, PROCESSOR } from './collect.ts';
import type { ChildRequest, FromChild, JudgeRequest, Recorded, ToChild } from './protocol.ts';

type Waiting = {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
};
type Running = { readonly abort: AbortController; readonly calls: Map<number, Waiting> };

/** The model call failed for good; user code may catch it. */
class ModelCallError extends Error {
  override readonly name = 'ModelCallError';
  readonly kind = 'unavailable';
  readonly retryable = false;
}

const running = new Map<number, Running>();
const collector = createCollector();
Object.assign(globalThis, { [PROCESSOR]: collector.processor });
const send = (message: FromChild): void => {
  process.send?.(message);
};

async function functionOf(file: string, exported: string): Promise<unknown> {
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = loaded[exported];
  if (typeof found !== 'function')
    throw new TypeError(`${file} does not export a function named \`${exported}\``);
  return found;
}

async function load(file: string): Promise<void> {
  await import(pathToFileURL(file).href).catch(() => undefined);
  send({ kind: 'loaded', file });
}

/** What a piece of work asks of the parent, each call with a number of its own. */
function callsOf(id: number, { calls: waiting }: Running) {
  let calls = 0;
  const ask = <T>(messageOf: (call: number) => FromChild): Promise<T> =>
    new Promise((resolve, reject) => {
      const call = (calls += 1);
      waiting.set(call, { resolve, reject });
      send(messageOf(call));
    });
  return {
    complete: (request: ChildRequest, parent: string | null) =>
      ask<Completion>((call) => ({ kind: 'complete', id, call, parent, request })),
    judge: (asked: JudgeRequest) =>
      ask<JudgeAnswer>((call) => ({ kind: 'judge', id, call, asked })),
  };
}

async function take({
  id,
  file,
  exported,
  work,
}: Extract<ToChild, { kind: 'work' }>): Promise<void> {
  const state: Running = { abort: new AbortController(), calls: new Map() };
  running.set(id, state);
  const { complete, judge } = callsOf(id, state);
  const { signal } = state.abort;
  let recorded = nothing;
  try {
    const user = await functionOf(file, exported);
    let outputs: JsonObject;
    if (work.kind === 'run') {
      const run = runAgent(user as AgentFunction, { work, collector, signal, complete });
      recorded = run.recorded;
      outputs = await run.outputs;
    } else {
      const context: ScorerContext = {
        judge: (asked, fields) => judge({ judge: asked, fields: fields ?? null }),
        complete: (request) => complete(request, null),
        signal,
      };
      const scored = await (user as Scorer)(work.subject, context, work.options);
      outputs = { scored: (scored as JsonObject | null | undefined) ?? null };
    }
    send({ kind: 'returned', id, outputs, recorded: await recorded() });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ kind: 'threw', id, error: { name, message }, recorded: await recorded() });
  } finally {
    running.delete(id);
  }
}

const nothing = (): Promise<Recorded> => Promise.resolve({ spans: [], exported: null });

/** A code scorer, or an adapter of ours that takes options besides. */
type Scorer = (...given: readonly unknown[]) => unknown;

function receive(message: ToChild): void {
  switch (message.kind) {
    case 'load':
      void load(message.file);
      return;
    case 'work':
      void take(message);
      return;
    case 'completed':
      settle(message.id, message.call)?.resolve(message.completion as never);
      return;
    case 'judged':
      settle(message.id, message.call)?.resolve(message.answer as never);
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
process.on('unhandledRejection', (reason) => console.error('user code, unhandled:', reason));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
send({ kind: 'ready' });
