import type { Json, JsonObject } from './json.ts';
import type { Completion, CompletionRequest } from './model.ts';
import type { SpanKind } from './trace.ts';

export type AgentKind = 'prompt' | 'module' | 'http' | 'command' | 'recorded';

/** What workers tell the database about the agents they can run. */
export type AgentRecord = {
  readonly name: string;
  readonly kind: AgentKind;
  /** Hash of the agent's files, or its declared version: part of every run. */
  readonly fingerprint: string;
  /** Names of the prompts it asks for. */
  readonly prompts: readonly string[];
  /** A deterministic agent needs one trial at the gate. */
  readonly deterministic: boolean;
  readonly timeoutMs: number;
  /** Of services and programs: how many rows they take at once. */
  readonly concurrency?: number;
};

/** What a module agent is given besides its inputs. */
export type AgentContext = {
  /** Text of a prompt by name: the arm under test decides which. Throws when the agent did not declare it. */
  prompt(name: string): string;
  /** A model call through the ledger; model defaults to the role `agent`. */
  complete(
    request: Omit<CompletionRequest, 'model'> & { readonly model?: string },
  ): Promise<Completion>;
  /** Runs `body` in a span of the trace; its result and errors are recorded. */
  span<T extends Json>(
    options: { readonly name: string; readonly kind?: SpanKind; readonly inputs?: Json },
    body: () => Promise<T>,
  ): Promise<T>;
  /** Calls a tool in a span of its own: name, arguments, result and error are recorded. */
  tool<Inputs extends JsonObject, T extends Json>(
    name: string,
    inputs: Inputs,
    run: (inputs: Inputs) => T | Promise<T>,
  ): Promise<T>;
  /** Aborted at the agent's timeout. */
  readonly signal: AbortSignal;
};

export type AgentFunction = (inputs: JsonObject, context: AgentContext) => Promise<JsonObject>;
