import { setTimeout as delay } from 'node:timers/promises';
import { retryAfterMs, waitMs } from '../llm/retry.ts';
import {
  AgentAnswerError,
  AgentLateError,
  AgentUnreachableError,
  readReply,
  readUsedHeader,
  type Reply,
  shown,
} from './reply.ts';
import type { AgentCall } from './result.ts';
import { rootSpanId } from './span-id.ts';

/** Tries of one call in all; a longer wait than this is not sat out. */
const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 60_000;
/** Statuses by which a service or what stands before it says that it cannot just now. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const REDIRECTS = 5;
const LARGEST = 32 * 1024 * 1024;

/** A try that says nothing of the agent: the next one may get through. */
class TryAgainError extends Error {
  override readonly name = 'TryAgain';
  readonly kind = 'unavailable';
  readonly retryable = true;
  readonly askedMs: number | null;
  /** What it comes to when no try is left. */
  readonly lasting: Error;
  constructor(lasting: Error, askedMs: number | null = null) {
    super(lasting.message);
    this.lasting = lasting;
    this.askedMs = askedMs;
  }
}

/**
 * Posts `{ inputs, prompts }` and takes the JSON object of the answer as outputs. The header `traceparent` carries the rollout's trace,
 * so that spans the service exports belong to it (W3C Trace Context). What does not get through is tried again with back-off.
 * @throws AgentUnreachableError | AgentAnswerError | AgentLateError
 */
export async function runHttpAgent(call: AgentCall): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOnce(call);
    } catch (error) {
      if (!(error instanceof TryAgainError)) throw error;
      const wait = waitMs(attempt, error.askedMs, Math.random);
      if (attempt >= ATTEMPTS || wait > LONGEST_WAIT_MS) throw error.lasting;
      await delay(wait, undefined, call.signal === undefined ? {} : { signal: call.signal });
    }
  }
}

async function tryOnce(call: AgentCall): Promise<Reply> {
  const { declaration, record } = call.agent;
  if (declaration.kind !== 'http') throw new TypeError(`agent ${record.name} is not an http agent`);
  const timeout = AbortSignal.timeout(record.timeoutMs);
  const signal = AbortSignal.any([timeout, ...(call.signal === undefined ? [] : [call.signal])]);
  try {
    const answer = await post(call, { url: declaration.url, signal, hops: 0 });
    const text = await textOf(answer);
    return accepted(answer, text);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (timeout.aborted)
      throw new AgentLateError(`the agent took more than ${record.timeoutMs / 1000} s`);
    throw error;
  }
}

type Post = { readonly url: string; readonly signal: AbortSignal; readonly hops: number };

/** Follows a redirect only where it stays with the same server and means the same POST: keys, inputs and prompts go nowhere else. */
async function post(call: AgentCall, { url, signal, hops }: Post): Promise<Response> {
  const { declaration } = call.agent;
  const headers = declaration.kind === 'http' ? declaration.headers : {};
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      traceparent: traceparentOf(call.traceId),
      ...headers,
    },
    body: JSON.stringify({ inputs: call.inputs, prompts: call.prompts }),
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    throw new TryAgainError(unreachable(url, causeOf(error)));
  });
  const location = response.headers.get('location');
  if (response.status < 300 || response.status >= 400 || location === null) return response;
  await response.body?.cancel();
  const target = URL.parse(location, url);
  const kept = response.status === 307 || response.status === 308;
  if (target === null || target.origin !== new URL(url).origin || !kept)
    throw new AgentAnswerError(
      `the agent answered ${response.status} and points to ${placeOf(target, location)}; inputs, prompts and headers are sent to no other address: set \`url\` to the final one if it is right`,
    );
  if (hops >= REDIRECTS)
    throw new AgentAnswerError(`the agent redirects more than ${REDIRECTS} times`);
  return post(call, { url: target.href, signal, hops: hops + 1 });
}

/** An address without its query, which may hold keys. */
const placeOf = (target: URL | null, location: string): string =>
  target === null ? `\`${shown(location)}\`` : `${target.origin}${target.pathname}`;

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new TryAgainError(
      new AgentAnswerError(
        `the agent's answer broke off after ${bytes} bytes (${causeOf(error)}), ${ATTEMPTS} times`,
      ),
    );
  }
  if (bytes > LARGEST)
    throw new AgentAnswerError(
      `the agent's answer has more than ${LARGEST / 1024 / 1024} MB; answer with the outputs alone`,
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AgentAnswerError(
      `the agent's answer is not UTF-8 (content-type: ${response.headers.get('content-type') ?? 'none'})`,
    );
  }
}

function accepted(response: Response, text: string): Reply {
  const { status, headers } = response;
  if (AWAY.has(status))
    throw new TryAgainError(
      new AgentUnreachableError(
        `the agent answered ${status}${text.trim() === '' ? '' : `: ${shown(text)}`} (${ATTEMPTS} tries at most); give it a lower \`concurrency\` in attune.config.ts, or more room`,
      ),
      retryAfterMs((name) => headers.get(name), Date.now()),
    );
  if (!response.ok)
    throw new AgentAnswerError(
      `the agent answered ${status}: ${text.trim() === '' ? '(nothing)' : shown(text)}`,
    );
  const reply = readReply(text);
  const used = readUsedHeader(headers.get('attune-prompts-used'));
  return { ...reply, promptsUsed: { ...used, ...reply.promptsUsed } };
}

const unreachable = (url: string, cause: string): AgentUnreachableError =>
  new AgentUnreachableError(
    `the agent at ${placeOf(new URL(url), url)} cannot be reached: ${cause}; start it, or correct its url`,
  );

/** Version 00, the trace, its root span, sampled: what the service does is below the rollout's root. */
export const traceparentOf = (traceId: string): string => `00-${traceId}-${rootSpanId(traceId)}-01`;

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { readonly code?: unknown };
  if (cause.message !== '') return cause.message;
  return typeof code === 'string' ? code : cause.name;
}
