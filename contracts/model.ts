import { z } from 'zod';
import type { Json, JsonObject } from './json.ts';

/** Why a model is called. */
export const purpose = z.enum(['agent', 'judge', 'reflect', 'distill', 'embed']);
export type Purpose = z.infer<typeof purpose>;

/** Roles that a spec can give a model to. */
export const role = z.enum(['agent', 'judge', 'reflection', 'embedding']);
export type Role = z.infer<typeof role>;

export type ChatMessage = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly JsonObject[];
};

export type CompletionRequest = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly JsonObject[];
  /** `auto`, `none`, `required`, or one function; as the API takes it. */
  readonly toolChoice?: Json;
  /** JSON schema of the reply, with its name. */
  readonly schema?: { readonly name: string; readonly schema: JsonObject };
  readonly temperature?: number;
  readonly maxTokens?: number;
  /** Fields, as the API names them, that are sent as they are or not at all: a refusal of one is an error. */
  readonly fixed?: readonly string[];
};

export type Usage = {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
};

/** Who pays for a call, and which draw of a random reply it is (design.md, section 4). */
export type CallContext = {
  readonly purpose: Purpose;
  /** Names of the run, arm, example, trial ...: never a generated id or a time. */
  readonly draw: string;
  readonly project: string;
  /** Business id of the cycle or run that pays; null outside of one. */
  readonly cycle: string | null;
  readonly signal?: AbortSignal;
};

export type Completion = {
  /** What the model said to its reader; its thoughts are apart. */
  readonly text: string;
  /** What it thought before, where the provider shows it. */
  readonly thinking?: string;
  readonly toolCalls: readonly JsonObject[];
  /** `stop`, `length` (cut), `tool_calls`, `content_filter`, `refusal`, or `unanswered`: it ended and gave no answer. */
  readonly finishReason: string;
  readonly usage: Usage;
  /** Price in USD; 0 where the model has none. */
  readonly price: number;
  /** Milliseconds of the original call, also when the reply came from the ledger. */
  readonly latencyMs: number;
  readonly fromLedger: boolean;
};

/** One stored reply: the row that makes a paid call never be asked for again. */
export type StoredReply = {
  /** Hash of endpoint, model, body, purpose and draw. */
  readonly key: string;
  readonly purpose: Purpose;
  readonly model: string;
  readonly project: string;
  readonly cycle: string | null;
  readonly draw: string;
  readonly reply: Json;
  readonly usage: Usage;
  readonly price: number;
  readonly latencyMs: number;
};

/** A reply read as JSON, with the completion it came from and how often the model was asked. */
export type Structured<T> = {
  readonly value: T;
  readonly completion: Completion;
  readonly attempts: number;
};

export type Embeddings = {
  /** Unit length, in the order of the texts. */
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
  readonly price: number;
};

/** Model calls through ledger, limiter and retries. Errors are the classes of llm/errors.ts. */
export type Model = {
  complete(request: CompletionRequest, context: CallContext): Promise<Completion>;
  /**
   * `read` turns the parsed JSON into a value or throws; its message is shown to the model in the one re-ask. `by` makes each of its calls
   * (default: `complete`).
   */
  structured<T>(
    request: CompletionRequest,
    context: CallContext,
    read: (json: Json) => T,
    by?: Model['complete'],
  ): Promise<Structured<T>>;
  embed(
    texts: readonly string[],
    context: Omit<CallContext, 'draw' | 'purpose'> & { readonly model: string },
  ): Promise<Embeddings>;
};
