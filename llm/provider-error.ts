import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import {
  AuthenticationError,
  BadRequestError,
  ContextLengthError,
  type Failure,
  ModelError,
  ModelNotFoundError,
  ModelTimeoutError,
  ModelUnreachableError,
  ModerationError,
  ProviderError,
  QuotaExhaustedError,
  RateLimitedError,
} from './errors.ts';
import { tooLong } from './openai/limits.ts';
import { isModeration } from './openai/moderation.ts';
import { retryAfterMs } from './retry.ts';

export type Place = {
  readonly endpoint: string;
  readonly model: string;
  readonly apiKey: string;
  readonly now: number;
};

const QUOTA = /insufficient_quota|billing_hard_limit|quota_exceeded/;

/** The endpoint as it may be shown: without user, password and query. */
export function shownEndpoint(endpoint: string): string {
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname}`.replace(/\/$/, '');
}

/** The error class for what the openai client threw. Anything it did not throw itself is returned as it is. */
export function toModelError(error: unknown, place: Place): unknown {
  if (error instanceof ModelError) return error;
  if (error instanceof SyntaxError || error instanceof TypeError) return fromBody(error, place);
  if (!(error instanceof APIError)) return error;
  const failure: Failure = {
    endpoint: shownEndpoint(place.endpoint),
    model: place.model,
    detail: withoutKey(detailOf(error), place.apiKey),
    ...(error.status === undefined ? {} : { status: error.status as number }),
    ...waitOf(error, place.now),
  };
  if (error instanceof APIConnectionTimeoutError) return new ModelTimeoutError(failure);
  if (error instanceof APIConnectionError || error.status === undefined)
    return new ModelUnreachableError(failure);
  return byWords(error.status as number, failure, `${error.code ?? ''} ${error.type ?? ''}`);
}

/** What a refusal says goes before its status. */
function byWords(status: number, failure: Failure, words: string): ModelError {
  if ([400, 403, 422, 451].includes(status) && isModeration(failure.detail, words))
    return new ModerationError(failure);
  if ([400, 413, 422, 500].includes(status)) {
    const sizes = tooLong(`${words} ${failure.detail}`);
    if (sizes !== null || status === 413)
      return new ContextLengthError(failure, sizes ?? { limit: null, asked: null });
  }
  return byStatus(status, failure, words);
}

function byStatus(status: number, failure: Failure, words: string): ModelError {
  if (status === 402 || (status === 429 && QUOTA.test(words)))
    return new QuotaExhaustedError(failure);
  if (status === 429) return new RateLimitedError(failure);
  if (status === 401 || status === 403) return new AuthenticationError(failure);
  if (status === 404) return new ModelNotFoundError(failure);
  if (status === 408 || status === 409 || status >= 500) return new ProviderError(failure);
  return new BadRequestError(failure);
}

function detailOf(error: APIError): string {
  const cause = error.cause;
  const inner = cause instanceof Error ? (cause.cause ?? cause) : undefined;
  const code = inner instanceof Error ? (inner as { code?: string }).code : undefined;
  const text = inner instanceof Error ? [code, inner.message].filter(Boolean).join(' ') : '';
  const body: { message?: unknown; code?: unknown } | undefined = error.error;
  const said = typeof body?.message === 'string' ? body.message : error.message;
  const name = typeof body?.code === 'string' ? `${body.code}: ` : '';
  return (text || `${name}${said}`).replace(/\.$/, '').slice(0, 500);
}

function waitOf(error: APIError, now: number): { retryAfterMs?: number } {
  const wait = error.headers ? retryAfterMs((name) => error.headers!.get(name), now) : null;
  return wait === null ? {} : { retryAfterMs: wait };
}

// Providers quote the refused key in their messages, whole or in part.
const withoutKey = (text: string, apiKey: string): string =>
  (apiKey.length > 3 ? text.replaceAll(apiKey, '[key]') : text).replace(
    /\b(sk|pk|key)-[\w*-]{4,}/g,
    '[key]',
  );

/** The head came with 200 but the body is no JSON, or broke off. */
function fromBody(error: Error, place: Place): ModelError {
  const at = { endpoint: shownEndpoint(place.endpoint), model: place.model };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof SyntaxError
    ? new ProviderError({ ...at, status: 200, detail: 'the body of its reply is not JSON' })
    : new ModelUnreachableError({ ...at, detail: `${error.message}${cause}` });
}
