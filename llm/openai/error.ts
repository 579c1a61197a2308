import {
  AuthenticationError,
  BadRequestError,
  ContextLengthError,
  type Failure,
  ModelError,
  ModelNotFoundError,
  ModelUnreachableError,
  ModerationError,
  ProviderError,
  QuotaExhaustedError,
  RateLimitedError,
} from '../errors.ts';
import { retryAfterMs } from '../retry.ts';
import type { HttpReply } from './http.ts';
import { tooLong } from './limits.ts';
import { isModeration } from './moderation.ts';
import { type Said, saidIn } from './said.ts';

export type Place = { readonly endpoint: string; readonly model: string; readonly apiKey: string };

/** The endpoint as it may be shown: without user, password and query. */
export function shownEndpoint(endpoint: string): string {
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname}`.replace(/\/$/, '');
}

/** The error of a request that got no reply, or whose reply broke off. */
export function fromNetwork(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof ModelError) return error;
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = (inner as { code?: unknown }).code;
  const words = [typeof code === 'string' ? code : '', inner.message].filter(Boolean).join(' ');
  return new ModelUnreachableError(failureOf(words, place));
}

/** What a reply with a status of failure says. */
export function saidOf(reply: HttpReply): Said {
  const to = reply.status < 400 ? reply.header('location') : null;
  if (to !== null) {
    const message = `it redirects to ${to.replace(/[?#].*/, '')}, which is not followed: set OPENAI_BASE_URL to where it leads`;
    return { status: null, code: '', param: null, message, moderated: false };
  }
  try {
    const said = saidIn(JSON.parse(reply.text) as unknown);
    if (said !== null) return said;
  } catch {
    // A page of a proxy, or plain words.
  }
  const words = /<html|<!doctype/i.test(reply.text) ? '' : reply.text.trim().slice(0, 500);
  return { status: null, code: '', param: null, message: words, moderated: false };
}

/** The error class for what a provider says: its words go before its status, and a status in them before the one they came with. */
export function fromReply(said: Said, reply: HttpReply, place: Place): ModelError {
  const status = reply.status < 300 ? (said.status ?? 502) : reply.status;
  const wait = retryAfterMs(reply.header, Date.now()) ?? waitIn(reply);
  const failure: Failure = {
    ...failureOf(detailOf(said, reply), place),
    status,
    ...(said.param === null ? {} : { param: said.param }),
    ...(wait === null ? {} : { retryAfterMs: wait }),
  };
  return byWords(said, failure) ?? byStatus(said, failure, reply);
}

export const brokenReply = (detail: string, place: Place): ProviderError =>
  new ProviderError({ ...failureOf(detail, place), status: 200 });

const failureOf = (detail: string, { endpoint, model, apiKey }: Place): Failure => ({
  endpoint: shownEndpoint(endpoint),
  model,
  detail: withoutKey(detail, apiKey),
});

function detailOf({ code, message }: Said, reply: HttpReply): string {
  const [name = ''] = code.split(' ');
  const named =
    name === '' || message.includes(name) || !/_/.test(name) || name === 'invalid_request_error'
      ? ''
      : `${name}: `;
  const words =
    `${named}${message}`.trim() || `no words${reply.type === '' ? '' : `, ${reply.type}`}`;
  return words.replace(/\.$/, '').slice(0, 500);
}

function byWords(said: Said, failure: Failure): ModelError | null {
  const { status = 0 } = failure;
  const words = `${said.code} ${said.message}`;
  if ([400, 403, 422, 451, 500].includes(status)) {
    if (said.moderated || isModeration(said.message, said.code))
      return new ModerationError(failure);
  }
  if ([400, 413, 422, 429, 500].includes(status) && !QUOTA.test(words)) {
    const sizes = tooLong(words);
    // Another moment does not make a request fit that is larger than a whole minute's allowance.
    if (sizes !== null && (status !== 429 || /request too large/i.test(words)))
      return new ContextLengthError(failure, sizes);
    if (status === 413) return new ContextLengthError(failure, { limit: null, asked: null });
  }
  return null;
}

const QUOTA =
  /insufficient_(quota|credits|balance)|billing_hard_limit|quota_exceeded|credit balance|out of credits|exceeded your current quota/i;

function byStatus(said: Said, failure: Failure, reply: HttpReply): ModelError {
  const { status = 0 } = failure;
  const words = `${said.code} ${said.message}`;
  if (status === 402 || ([400, 403, 429].includes(status) && QUOTA.test(words) && !passes(reply)))
    return new QuotaExhaustedError(failure);
  if (status === 429) return new RateLimitedError(failure);
  if (status === 401 || /invalid_api_key|api key not valid/i.test(words))
    return new AuthenticationError(failure);
  // A page is a firewall's: it looked at what was sent, and the key was not asked for.
  if (status === 403)
    return /html/.test(reply.type)
      ? new BadRequestError(failure)
      : new AuthenticationError(failure);
  if (status === 404) return new ModelNotFoundError(failure);
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return new ProviderError(failure);
  return new BadRequestError(failure);
}

/** Some say in the body alone when to come back. */
function waitIn({ status, text }: HttpReply): number | null {
  if (status !== 429 && status !== 503) return null;
  const found =
    /(?:retryDelay"?\s*:\s*"?|(?:try again|retry) in )(\d+(?:\.\d+)?)\s*(ms|s|m)\b/i.exec(text);
  return found === null
    ? null
    : Number(found[1]) * { ms: 1, s: 1_000, m: 60_000 }[found[2]!.toLowerCase() as 'ms'];
}

/** Google speaks of a quota for every 429 and says when to come back. */
const passes = (reply: HttpReply): boolean =>
  reply.status === 429 &&
  (reply.header('retry-after') !== null || /retryDelay|retry in \d/i.test(reply.text));

// Providers quote the refused key in their messages, whole or in part.
const withoutKey = (text: string, apiKey: string): string =>
  (apiKey.length > 3 ? text.replaceAll(apiKey, '[key]') : text).replace(
    /\b(sk|pk|key)-[\w*-]{4,}/g,
    '[key]',
  );
