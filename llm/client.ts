import { OpenAI } from 'openai';
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources';
import type { JsonObject } from '../contracts/json.ts';
import type { Usage } from '../contracts/model.ts';
import { boundedSignal } from './bounded-signal.ts';
import { createFetch } from './fetch.ts';
import { ModelTimeoutError, ProviderError } from './errors.ts';
import { shownEndpoint, toModelError } from './provider-error.ts';
import { estimateTokens } from './tokens.ts';

export type ClientOptions = {
  readonly endpoint: string;
  readonly apiKey: string;
  /** For one attempt, until its reply is whole. */
  readonly timeoutMs: number;
};

/** The useful part of a chat reply: what the ledger stores. */
export type Answer = {
  readonly text: string;
  readonly toolCalls: readonly JsonObject[];
  readonly finishReason: string;
};

export type Sent = {
  readonly body: JsonObject & { readonly model: string };
  readonly key: string;
  readonly signal: AbortSignal;
};

type Timed<T> = T & { readonly usage: Usage; readonly latencyMs: number };

/** One attempt at an OpenAI-compatible server. Throws the classes of errors.ts, or the signal's reason. */
export type Client = {
  chat(sent: Sent): Promise<Timed<{ readonly answer: Answer }>>;
  embed(
    sent: Omit<Sent, 'body'> & { readonly model: string; readonly texts: readonly string[] },
  ): Promise<Timed<{ readonly vectors: readonly Float32Array[] }>>;
};

/** The limiter is what bounds calls; this only keeps a mistake from opening sockets without end. */
const MOST_CONNECTIONS = 2_048;

export function createClient(options: ClientOptions): Client {
  const openai = new OpenAI({
    apiKey: options.apiKey || 'none',
    baseURL: options.endpoint,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: options.timeoutMs,
    logLevel: 'off',
    fetch: createFetch({ connections: MOST_CONNECTIONS }),
  });

  async function attempt<T>(
    sent: { readonly model: string; readonly key: string; readonly signal: AbortSignal },
    call: (request: { signal: AbortSignal; headers: Record<string, string> }) => Promise<T>,
  ): Promise<{ value: T; latencyMs: number }> {
    const bound = boundedSignal(sent.signal, options.timeoutMs);
    const start = performance.now();
    try {
      const value = await call({ signal: bound.signal, headers: { 'Idempotency-Key': sent.key } });
      return { value, latencyMs: performance.now() - start };
    } catch (error) {
      sent.signal.throwIfAborted();
      if (bound.timedOut())
        throw new ModelTimeoutError({
          ...placeOf(sent.model),
          detail: `the limit is ${options.timeoutMs} ms`,
        });
      const { apiKey } = options;
      throw toModelError(error, { ...placeOf(sent.model), apiKey, now: Date.now() });
    } finally {
      bound.release();
    }
  }

  const placeOf = (model: string) => ({ endpoint: shownEndpoint(options.endpoint), model });
  const broken = (model: string, detail: string) =>
    new ProviderError({ ...placeOf(model), status: 200, detail });

  return {
    async chat({ body, key, signal }) {
      const params = body as unknown as ChatCompletionCreateParamsNonStreaming;
      const { value, latencyMs } = await attempt({ model: body.model, key, signal }, (request) =>
        openai.chat.completions.create(params, request),
      );
      const answer = answerOf(value);
      if (!answer) throw broken(body.model, 'the reply is not a chat completion');
      return { answer, usage: usageOf(value.usage, body, answer.text), latencyMs };
    },
    async embed({ model, texts, key, signal }) {
      const { value, latencyMs } = await attempt({ model, key, signal }, (request) =>
        openai.embeddings.create({ model, input: [...texts] }, request),
      );
      const byIndex = new Map((value.data ?? []).map((item) => [item.index, item.embedding]));
      const vectors = texts.map((_, index) => Float32Array.from(byIndex.get(index) ?? []));
      if (vectors.some((vector) => vector.length === 0))
        throw broken(model, 'the reply does not hold one vector for each text');
      return { vectors, usage: usageOf(value.usage, texts, ''), latencyMs };
    },
  };
}

function answerOf(reply: ChatCompletion): Answer | null {
  const choice = reply?.choices?.[0];
  if (!choice?.message) return null;
  const { content, refusal, tool_calls: toolCalls } = choice.message;
  return {
    text: refusal || content || '',
    toolCalls: (toolCalls ?? []) as unknown as readonly JsonObject[],
    finishReason: refusal ? 'refusal' : (choice.finish_reason ?? 'stop'),
  };
}

type ReportedUsage = {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
};

/** What the server counted; an estimate where it counts nothing. */
function usageOf(reported: ReportedUsage | undefined, sent: unknown, text: string): Usage {
  return {
    inputTokens: reported?.prompt_tokens ?? estimateTokens(JSON.stringify(sent)),
    cachedTokens: reported?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: reported?.completion_tokens ?? estimateTokens(text),
  };
}
