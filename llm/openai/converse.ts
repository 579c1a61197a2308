import { isDeepStrictEqual } from 'node:util';
import { type Change, type Dialect, withChange } from '../../contracts/dialect.ts';
import type { CompletionRequest, Usage } from '../../contracts/model.ts';
import type { Answer } from '../client.ts';
import type { Acquaintance } from '../dialects.ts';
import {
  BadRequestError,
  ContextLengthError,
  type ModelError,
  ModelNotFoundError,
  ProviderError,
} from '../errors.ts';
import { type Body, bodyIn, formatIn } from './body.ts';
import type { Exchange } from './client.ts';
import { brokenReply, fromReply, type Place } from './error.ts';
import { changesFor, guesses, type Refused, roomLeft } from './refused.ts';
import { readReply } from './reply.ts';

export type Conversation = {
  readonly request: CompletionRequest;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly known: Acquaintance;
  readonly place: Place;
  readonly exchange: Exchange;
};

export type Answered = {
  readonly answer: Answer;
  readonly usage: Usage;
  readonly latencyMs: number;
};

/** Requests for one answer at most, the refused ones included. */
const MOST_STEPS = 12;

/** One answer: what the endpoint refuses of the request is changed, and remembered once the change was right. */
export async function converse(talk: Conversation): Promise<Answered> {
  const { known, request } = talk;
  const kind = kindOf(request);
  return known.meet(kind, talk.signal, () => steps(talk, kind));
}

/** Calls alike in what they send besides their texts. */
const kindOf = ({ schema, temperature, maxTokens, tools, messages }: CompletionRequest): string =>
  [
    schema?.name ?? '',
    temperature ?? '',
    maxTokens === undefined ? '' : 'm',
    tools?.length ? 't' : '',
    messages[0]?.role ?? '',
  ].join('|');

type Tried = { readonly change: Change; readonly said: string };

async function steps(talk: Conversation, kind: string): Promise<Answered> {
  const { request, seed, known } = talk;
  /** Changes that this call made: the last one is not yet known to be right. */
  let tried: readonly Tried[] = [];
  const wrong: Change[] = [];
  let last: ModelError | null = null;
  for (let step = 1; ; step++) {
    const dialect = tried.reduce<Dialect>(
      (all, { change }) => withChange(all, change),
      known.dialect(),
    );
    const body = bodyIn(dialect, request, seed);
    try {
      const answered = await attempt(talk, body, dialect.length > 0);
      for (const { change, said } of tried) known.learn(change, said);
      known.answered(kind, request.schema === undefined ? null : formatIn(dialect, request));
      return answered;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null || step >= MOST_STEPS) throw learned(tried, known, error);
      const refused: Refused = {
        refusal,
        body,
        request,
        format: formatIn(dialect, request),
        dialect,
        taken: known.knows(kind),
      };
      const failed = (fault: unknown): never => {
        throw learned(tried, known, fault);
      };
      const left = await otherwise(talk, error as ModelError, refused).catch(failed);
      if (left !== null) return left;
      const again = last !== null && last.detail === (error as ModelError).detail;
      const before = tried.at(-1)?.change;
      if (again && before !== undefined && !isLadder(before)) {
        // The same words: it was not about that.
        wrong.push(before);
        tried = tried.slice(0, -1);
      }
      last = error as ModelError;
      const own = changesFor(refused);
      const change = own.find((next) => isNew(next, { wrong, dialect, body, request, seed }));
      if (change === undefined) {
        const guess =
          own.length > 0 || known.knows(kind) ? null : await guessed(talk, refused).catch(failed);
        if (guess === null) return failed(error);
        for (const { change: right, said } of [...tried, guess]) known.learn(right, said);
        return guess.answered;
      }
      tried = [...tried, { change, said: last.detail }];
    }
  }
}

/** What was changed before a failure of another kind was right, too. */
function learned(tried: readonly Tried[], known: Acquaintance, error: unknown): unknown {
  const same = tried.at(-1)?.said === (error as { detail?: string }).detail;
  for (const { change, said } of same ? tried.slice(0, -1) : tried) known.learn(change, said);
  return error;
}

/** Changes of which several follow each other before one fits. */
const isLadder = ({ kind }: Change): boolean =>
  kind === 'format' || kind === 'rename' || kind === 'system';

function isNew(
  change: Change,
  at: {
    readonly wrong: readonly Change[];
    readonly dialect: Dialect;
    readonly body: Body;
    readonly request: CompletionRequest;
    readonly seed: number;
  },
): boolean {
  if (at.wrong.some((other) => isDeepStrictEqual(other, change))) return false;
  return !isDeepStrictEqual(bodyIn(withChange(at.dialect, change), at.request, at.seed), at.body);
}

/** The words of an error that can be about a field; null where it cannot. */
function refusalOf(error: unknown): Refused['refusal'] | null {
  const about =
    error instanceof BadRequestError ||
    error instanceof ContextLengthError ||
    error instanceof ProviderError ||
    (error instanceof ModelNotFoundError && /support|param/i.test(error.detail));
  return about && error.status !== null
    ? { message: error.detail, code: '', param: error.param }
    : null;
}

/** The ways out that are not learned from: less room for the reply, and no format where the server itself fails. */
async function otherwise(
  talk: Conversation,
  error: ModelError,
  refused: Refused,
): Promise<Answered | null> {
  const { body, request, format } = refused;
  if (error instanceof ContextLengthError) {
    const field = ['max_tokens', 'max_completion_tokens'].find((name) => name in body);
    const room = field === undefined ? null : roomLeft(error.detail);
    if (room === null || room >= Number(body[field!])) throw error;
    return attempt(talk, { ...body, [field!]: room });
  }
  if (!(error instanceof ProviderError)) return null;
  if (![500, 501].includes(error.status ?? 0)) throw error;
  if (changesFor(refused).length > 0 && NAMES_A_FIELD.test(error.detail)) return null;
  if (format === 'text' || request.schema === undefined || talk.known.took(format)) throw error;
  const change: Change = { kind: 'format', schema: null, to: 'text' };
  const answered = await attempt(
    talk,
    bodyIn(withChange(refused.dialect, change), request, talk.seed),
  ).catch(() => {
    throw error;
  });
  // Once may have been bad luck.
  if (talk.known.failedWith(format) > 1) talk.known.learn(change, error.detail);
  return answered;
}

const NAMES_A_FIELD =
  /unsupported|not support|unexpected keyword|unknown|unrecogni[sz]ed|extra|not permitted|invalid/i;

/** What no field can be left out for. */
const ELSEWHERE = /\b(messages?|content|model|image|url|token|context|deployment|version)\b/i;

/** A refusal that names nothing: what the call passes without is tried, one thing at a time. */
async function guessed(
  talk: Conversation,
  refused: Refused,
): Promise<(Tried & { readonly answered: Answered }) | null> {
  if (ELSEWHERE.test(refused.refusal.message)) return null;
  for (const change of guesses(refused)) {
    const body = bodyIn(withChange(refused.dialect, change), talk.request, talk.seed);
    if (isDeepStrictEqual(body, refused.body)) continue;
    try {
      const answered = await attempt(talk, body);
      return { change, said: refused.refusal.message, answered };
    } catch (error) {
      talk.signal.throwIfAborted();
      // The server has other troubles: the first refusal is the one to tell.
      if (!(error instanceof BadRequestError || error instanceof ModelNotFoundError)) return null;
    }
  }
  return null;
}

async function attempt(
  { exchange, place }: Conversation,
  body: Body,
  changed = true,
): Promise<Answered> {
  const { reply, latencyMs } = await exchange(
    '/chat/completions',
    body as { model: string },
    changed,
  );
  const reading = readReply(reply, body);
  if (reading.kind === 'broken') throw brokenReply(reading.detail, place);
  if (reading.kind === 'error') throw fromReply(reading.said, reply, place);
  return { answer: reading.answer, usage: reading.usage, latencyMs };
}
