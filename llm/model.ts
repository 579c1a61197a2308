import type {
  CallContext,
  Completion,
  CompletionRequest,
  Model,
  StoredReply,
} from '../contracts/model.ts';
import type { DialectStore } from '../contracts/dialect.ts';
import type { Answer, Client, Provider } from './client.ts';
import { createDialects } from './dialects.ts';
import { embedTexts } from './embed.ts';
import { createLedger, type Kept } from './ledger.ts';
import { ledgerKey, seedOf } from './ledger-key.ts';
import type { Limiter } from './limiter.ts';
import { RateLimitedError } from './errors.ts';
import { LIST_PRICES, priceOf, type Prices } from '../contracts/prices.ts';
import { createOpenAiClient } from './openai/client.ts';
import { shownEndpoint } from './openai/error.ts';
import { startingDialect } from './openai/known.ts';
import type { ReplyStore } from '../contracts/reply-store.ts';
import { withRetries } from './retry.ts';
import { askStructured } from './structured.ts';

export type ModelOptions = {
  /** Base URL of the server. */
  readonly endpoint: string;
  /** How it is spoken to; default: as OpenAI's interface. */
  readonly provider?: Provider;
  readonly apiKey: string;
  readonly replies: ReplyStore;
  readonly limiter: Limiter;
  /** Name of the endpoint in ledger keys; default its URL. Set it where the port changes but the server is the same. */
  readonly endpointName?: string;
  /** Where what is learned of providers is kept; without, each process learns it again. */
  readonly dialects?: DialectStore;
  readonly prices?: Prices;
  readonly random?: () => number;
  readonly attempts?: number;
  readonly timeoutMs?: number;
  readonly longestWaitMs?: number;
};

type Limits = Pick<ModelOptions, 'limiter'> & {
  readonly attempts: number;
  readonly longestWaitMs: number;
  readonly random: () => number;
};

/** Replies that may wait to be stored while every slot has a call under way. */
const ONE_INSERT = 20;

/** Model calls in this order: ledger, claim, limiter, HTTP, retries, store (design.md, sections 4 and 5). */
export function createModel(options: ModelOptions): Model {
  const ledger = createLedger(options.replies, {
    atRisk: options.limiter.most + ONE_INSERT,
  });
  const endpoint = options.endpointName ?? options.endpoint.replace(/\/+$/, '');
  const client = (options.provider ?? createOpenAiClient)({
    ...options,
    timeoutMs: options.timeoutMs ?? 120_000,
    dialects: createDialects({
      endpoint: shownName(endpoint),
      store: options.dialects,
      start: (model) => startingDialect(options.endpoint, model),
    }),
  });
  const limits: Limits = {
    limiter: options.limiter,
    attempts: options.attempts ?? 5,
    longestWaitMs: options.longestWaitMs ?? 60_000,
    random: options.random ?? Math.random,
  };
  const prices = { ...LIST_PRICES, ...options.prices };

  async function complete(request: CompletionRequest, context: CallContext): Promise<Completion> {
    const { purpose, project, draw, cycle } = context;
    const { model } = request;
    const body = client.identify(request);
    // Runs are named within a project: equal names in two projects are two draws.
    const key = ledgerKey({ endpoint, model, body, purpose, draw: `${project}|${draw}` });
    const kept = await ledger.once({
      key,
      signal: context.signal ?? NEVER,
      produce: async (signal, ask) => {
        const sent = { request: heldTo(request, purpose), seed: seedOf(draw), key, signal };
        const reply = await limited(limits, { cycle, signal }, () => ask(() => client.chat(sent)));
        return storable(context, { ...reply, key, model, prices });
      },
    });
    return completionOf(kept);
  }

  return {
    complete,
    structured: (request, context, read, by = complete) =>
      askStructured({
        endpoint: shownEndpoint(options.endpoint),
        request,
        context,
        complete: by,
        read,
      }),
    embed: (texts, context) =>
      embedTexts(
        {
          endpoint,
          ledger,
          prices,
          request: (part, call) =>
            limited(limits, call, () =>
              client.embed({ model: call.model, texts: part, key: call.key, signal: call.signal }),
            ),
        },
        texts,
        context,
      ),
  };
}

/** An agent without its tools would be another agent. */
const heldTo = (request: CompletionRequest, purpose: CallContext['purpose']): CompletionRequest =>
  purpose === 'agent' && request.tools?.length
    ? { ...request, fixed: [...(request.fixed ?? []), 'tools'] }
    : request;

/** A name that is no address is shown as it is. */
const shownName = (endpoint: string): string =>
  URL.canParse(endpoint) ? shownEndpoint(endpoint) : endpoint;

const NEVER = new AbortController().signal;

/** Each attempt takes a slot of its own: no slot is held while waiting for the next. */
function limited<T>(
  limits: Limits,
  call: { readonly cycle: string | null; readonly signal: AbortSignal },
  attempt: () => Promise<T>,
): Promise<T> {
  return withRetries({ ...limits, signal: call.signal }, async () => {
    const leave = await limits.limiter.acquire(call.cycle ?? '', call.signal);
    let outcome: 'done' | 'limited' = 'done';
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof RateLimitedError) outcome = 'limited';
      throw error;
    } finally {
      leave(outcome);
    }
  });
}

type Replied = Awaited<ReturnType<Client['chat']>> & {
  readonly key: string;
  readonly model: string;
  readonly prices: Prices;
};

const storable = (context: CallContext, replied: Replied): StoredReply => ({
  key: replied.key,
  purpose: context.purpose,
  model: replied.model,
  project: context.project,
  cycle: context.cycle,
  draw: context.draw,
  reply: replied.answer,
  usage: replied.usage,
  price: priceOf(replied.model, replied.usage, replied.prices).usd,
  latencyMs: replied.latencyMs,
});

const completionOf = ({ reply, fromLedger }: Kept): Completion => ({
  ...(reply.reply as Answer),
  usage: reply.usage,
  price: reply.price,
  latencyMs: reply.latencyMs,
  fromLedger,
});
