import type { Json, JsonObject } from '../contracts/json.ts';
import type { CompletionRequest, Usage } from '../contracts/model.ts';
import type { Dialects } from './dialects.ts';

/** The useful part of a chat reply: what the ledger stores. */
export type Answer = {
  /** What the model said to its reader. */
  readonly text: string;
  /** What it thought before, where the provider shows it. */
  readonly thinking?: string;
  readonly toolCalls: readonly JsonObject[];
  readonly finishReason: string;
};

export type Sent = {
  readonly request: CompletionRequest;
  readonly seed: number;
  /** Of the ledger; also what the provider can know a repeat by. */
  readonly key: string;
  readonly signal: AbortSignal;
};

type Timed<T> = T & { readonly usage: Usage; readonly latencyMs: number };

/**
 * A provider: one attempt at a time, in its own body, formats, errors and quirks. Throws the classes of errors.ts, or the signal's reason.
 * Another provider is another folder beside openai/.
 */
export type Client = {
  /** What names a request in the ledger: it stays the same whatever is learned about the provider. */
  identify(request: CompletionRequest): Json;
  chat(sent: Sent): Promise<Timed<{ readonly answer: Answer }>>;
  embed(
    sent: Pick<Sent, 'key' | 'signal'> & {
      readonly model: string;
      readonly texts: readonly string[];
    },
  ): Promise<Timed<{ readonly vectors: readonly Float32Array[] }>>;
};

export type ProviderOptions = {
  readonly endpoint: string;
  readonly apiKey: string;
  /** For one attempt, until its reply is whole. */
  readonly timeoutMs: number;
  /** What is known of the models, and where what is learned goes. */
  readonly dialects: Dialects;
};

/** Makes the client of a provider at an address. */
export type Provider = (options: ProviderOptions) => Client;
