import type { Usage } from '../../contracts/model.ts';
import type { Acquaintance } from '../dialects.ts';
import { BadRequestError, ContextLengthError, type ModelError } from '../errors.ts';
import { decodeVector } from '../vector.ts';
import type { Exchange } from './client.ts';
import { brokenReply, fromReply, type Place } from './error.ts';
import { firstNumber } from './limits.ts';
import { saidIn } from './said.ts';
import { readUsage } from './usage.ts';

export type Embedding = {
  readonly model: string;
  readonly texts: readonly string[];
  readonly known: Acquaintance;
  readonly place: Place;
  readonly exchange: Exchange;
};

type Embedded = {
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
  readonly latencyMs: number;
};

/** A vector for each text; endpoints that take few at a time are asked in pieces, whose size is remembered. */
export async function embedAll(call: Embedding): Promise<Embedded> {
  const { texts, known } = call;
  const most = batchIn(call);
  if (texts.length > most) return inPieces(call, most);
  try {
    return await embedOnce(call);
  } catch (error) {
    const size = smaller(error, texts.length);
    if (size === null) throw error;
    const pieces = await inPieces(call, size);
    if (!(error instanceof ContextLengthError))
      known.learn({ kind: 'most', field: 'input', value: size }, (error as ModelError).detail);
    return pieces;
  }
}

function batchIn({ known }: Embedding): number {
  for (const change of known.dialect())
    if (change.kind === 'most' && change.field === 'input') return change.value;
  return Infinity;
}

/** How many texts may pass where so many were refused; null where their number is not what is refused. */
function smaller(error: unknown, sent: number): number | null {
  if (sent < 2 || !(error instanceof BadRequestError || error instanceof ContextLengthError))
    return null;
  if (
    error instanceof BadRequestError &&
    !/batch|too many|at most|array|maximum|inputs?\b|list/i.test(error.detail)
  )
    return null;
  const named = firstNumber(error.detail, [
    /(?:at most|maximum(?: of)?|up to|exceeds?(?: the)?(?: maximum| limit)?(?: of)?|<=|limit(?: is| of)?:?)[^\d]{0,30}(\d+)/i,
  ]);
  return named !== null && named >= 1 && named < sent ? named : Math.floor(sent / 2);
}

async function inPieces(call: Embedding, size: number): Promise<Embedded> {
  const { texts } = call;
  let whole: Embedded | null = null;
  for (let at = 0; at < texts.length; at += size)
    whole = together(whole, await embedAll({ ...call, texts: texts.slice(at, at + size) }));
  return whole!;
}

function together(first: Embedded | null, next: Embedded): Embedded {
  if (first === null) return next;
  return {
    vectors: [...first.vectors, ...next.vectors],
    usage: {
      inputTokens: first.usage.inputTokens + next.usage.inputTokens,
      cachedTokens: first.usage.cachedTokens + next.usage.cachedTokens,
      outputTokens: 0,
    },
    latencyMs: first.latencyMs + next.latencyMs,
  };
}

async function embedOnce({ model, texts, place, exchange }: Embedding): Promise<Embedded> {
  const { reply, latencyMs } = await exchange('/embeddings', { model, input: [...texts] } as {
    model: string;
  });
  const body = parsed(reply.text);
  const said = body?.data === undefined ? saidIn(body) : null;
  if (said !== null) throw fromReply(said, reply, place);
  const list = Array.isArray(body?.data) ? body.data : [];
  const vectors = texts.map((_, index) => vectorOf(list, index));
  if (vectors.some((vector) => vector.length === 0 || vector.some((x) => !Number.isFinite(x))))
    throw brokenReply('the reply does not hold one vector for each text', place);
  const usage = readUsage(body?.usage, { sent: texts, said: '' });
  return { vectors, usage: { ...usage, outputTokens: 0 }, latencyMs };
}

type Item = { readonly index?: number; readonly embedding?: unknown };

/** By its index; some give none and keep the order. */
function vectorOf(list: readonly Item[], index: number): Float32Array {
  const item =
    list.find((one) => one.index === index) ??
    (list[index]?.index === undefined ? list[index] : undefined);
  const { embedding } = item ?? {};
  if (typeof embedding === 'string') return decodeVector(embedding);
  return Float32Array.from(Array.isArray(embedding) ? (embedding as number[]) : []);
}

function parsed(text: string): { readonly data?: unknown; readonly usage?: unknown } | null {
  try {
    return JSON.parse(text) as { data?: unknown };
  } catch {
    return null;
  }
}
