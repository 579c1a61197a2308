import { hashJson } from '../../contracts/hash.ts';
import { boundedSignal } from '../bounded-signal.ts';
import type { Provider, ProviderOptions } from '../client.ts';
import { ModelTimeoutError } from '../errors.ts';
import { plainBody } from './body.ts';
import { converse } from './converse.ts';
import { embedAll } from './embeddings.ts';
import { fromNetwork, fromReply, type Place, saidOf, shownEndpoint } from './error.ts';
import { createPost, type HttpReply } from './http.ts';

/**
 * Posts one body and gives its reply, a failure as an error. `changed`: the body is not the plain one of its key, so that a server which
 * answers repeats from memory does not take it for one.
 */
export type Exchange = (
  path: string,
  body: { readonly model: string },
  changed?: boolean,
) => Promise<{ readonly reply: HttpReply; readonly latencyMs: number }>;

/** How requests of one key and signal are made at an endpoint. */
export function createExchange({
  endpoint,
  apiKey,
  timeoutMs,
}: Omit<ProviderOptions, 'dialects'>): (key: string, signal: AbortSignal) => Exchange {
  const post = createPost({ endpoint, apiKey });
  return (key, signal) =>
    async (path, body, changed = false) => {
      const place: Place = { endpoint, model: body.model, apiKey };
      const bound = boundedSignal(signal, timeoutMs);
      const start = performance.now();
      try {
        const reply = await post(path, body, {
          signal: bound.signal,
          headers: { 'idempotency-key': changed ? hashJson([key, body]) : key },
        });
        const latencyMs = performance.now() - start;
        if (reply.status < 200 || reply.status >= 300) throw fromReply(saidOf(reply), reply, place);
        return { reply, latencyMs };
      } catch (error) {
        signal.throwIfAborted();
        if (bound.timedOut())
          throw new ModelTimeoutError({
            endpoint: shownEndpoint(endpoint),
            model: body.model,
            detail: `the limit is ${timeoutMs} ms`,
          });
        throw fromNetwork(error, place);
      } finally {
        bound.release();
      }
    };
}

/** Any server that speaks OpenAI's interface, each in its dialect. */
export const createOpenAiClient: Provider = (options) => {
  const { endpoint, apiKey, dialects } = options;
  const exchange = createExchange(options);

  return {
    identify: (request) => plainBody(request),
    async chat({ request, seed, key, signal }) {
      const known = await dialects.of(request.model);
      const place: Place = { endpoint, model: request.model, apiKey };
      return converse({ request, seed, signal, known, place, exchange: exchange(key, signal) });
    },
    async embed({ model, texts, key, signal }) {
      const known = await dialects.of(model);
      const place: Place = { endpoint, model, apiKey };
      return embedAll({ model, texts, known, place, exchange: exchange(key, signal) });
    },
  };
};
