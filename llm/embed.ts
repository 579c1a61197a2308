import type { CallContext, Embeddings, StoredReply, Usage } from '../contracts/model.ts';
import { embedLocally, LOCAL_EMBEDDER, toUnit } from './embedder.ts';
import type { Ledger } from './ledger.ts';
import { ledgerKey } from './ledger-key.ts';
import { priceOf, type Prices } from '../contracts/prices.ts';
import { estimateTokens } from './tokens.ts';
import { decodeVector, encodeVector } from './vector.ts';

export type EmbedContext = Omit<CallContext, 'draw' | 'purpose'> & { readonly model: string };

type Batch = {
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
  latencyMs: number;
};

export type EmbedDeps = {
  readonly endpoint: string;
  readonly ledger: Ledger;
  readonly prices: Prices;
  /** One request through limiter and retries. */
  readonly request: (
    texts: readonly string[],
    context: EmbedContext & { readonly key: string; readonly signal: AbortSignal },
  ) => Promise<Batch>;
};

const PER_REQUEST = 200;
const NOTHING: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

/** Unit vectors of texts, each kept by its content: a text is paid once, ceil(new / 200) requests. */
export async function embedTexts(
  deps: EmbedDeps,
  texts: readonly string[],
  context: EmbedContext,
): Promise<Embeddings> {
  if (context.model === LOCAL_EMBEDDER)
    return { vectors: texts.map(embedLocally), usage: NOTHING, price: 0 };
  const signal = context.signal ?? new AbortController().signal;
  const distinct = [...new Set(texts)];
  const gather = gathering(
    deps,
    context,
    distinct.map((text) => keyOf(deps, context.model, text)),
  );
  const kept = await Promise.all(
    distinct.map(async (text) => {
      const key = keyOf(deps, context.model, text);
      try {
        return await deps.ledger.once({
          key,
          signal,
          produce: (leave) => gather.join({ key, text, signal: leave }),
          onClaim: (state) => state !== 'mine' && gather.known(key),
        });
      } finally {
        // Also where the claim failed: nobody waits for it.
        gather.known(key);
      }
    }),
  );
  const byText = new Map(
    kept.map(({ reply }, i) => [distinct[i]!, decodeVector(reply.reply as string)]),
  );
  const paid = kept.filter(({ fromLedger }) => !fromLedger).map(({ reply }) => reply);
  return {
    vectors: texts.map((text) => byText.get(text)!),
    usage: { ...NOTHING, inputTokens: paid.reduce((sum, r) => sum + r.usage.inputTokens, 0) },
    price: paid.reduce((sum, reply) => sum + reply.price, 0),
  };
}

const keyOf = (deps: EmbedDeps, model: string, text: string): string =>
  ledgerKey({
    endpoint: deps.endpoint,
    model,
    body: { model, input: text },
    purpose: 'embed',
    draw: '',
  });

type Wanted = { readonly key: string; readonly text: string; readonly signal: AbortSignal };
type Joined = Wanted & {
  readonly resolve: (reply: StoredReply) => void;
  readonly reject: (reason: unknown) => void;
};

/** Collects the texts that have to be asked for until every claim is known, then sends full requests. */
function gathering(deps: EmbedDeps, context: EmbedContext, keys: readonly string[]) {
  const unknown = new Set(keys);
  let open: Joined[] = [];

  async function send(part: readonly Joined[]): Promise<void> {
    try {
      const { key, signal } = part[0]!;
      const batch = await deps.request(
        part.map(({ text }) => text),
        { ...context, key, signal },
      );
      part.forEach((wanted, i) => wanted.resolve(replyOf(deps, context, { part, batch, i })));
    } catch (error) {
      for (const wanted of part) wanted.reject(error);
    }
  }

  function flush(): void {
    if (unknown.size > 0) return;
    const all = open;
    open = [];
    for (let at = 0; at < all.length; at += PER_REQUEST) void send(all.slice(at, at + PER_REQUEST));
  }

  /** This key is not waited for any longer. */
  function known(key: string): void {
    if (unknown.delete(key)) flush();
  }

  return {
    known,
    join: (wanted: Wanted): Promise<StoredReply> =>
      new Promise((resolve, reject) => {
        open.push({ ...wanted, resolve, reject });
        unknown.delete(wanted.key);
        flush();
      }),
  };
}

function replyOf(
  deps: EmbedDeps,
  context: EmbedContext,
  at: { readonly part: readonly Joined[]; readonly batch: Batch; readonly i: number },
): StoredReply {
  const { part, batch, i } = at;
  const all = part.reduce((sum, { text }) => sum + estimateTokens(text), 0) || 1;
  const share = estimateTokens(part[i]!.text) / all;
  const usage = { ...NOTHING, inputTokens: Math.round(batch.usage.inputTokens * share) };
  return {
    key: part[i]!.key,
    purpose: 'embed',
    model: context.model,
    project: context.project,
    cycle: context.cycle,
    draw: '',
    reply: encodeVector(toUnit(batch.vectors[i]!)),
    usage,
    price: priceOf(context.model, usage, deps.prices).usd,
    latencyMs: batch.latencyMs,
  };
}
