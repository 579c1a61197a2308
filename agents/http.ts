import { z } from 'zod';
import type { JsonObject } from '../contracts/json.ts';
import { readJson } from '../contracts/read-json.ts';
import type { AgentCall } from './result.ts';
import { rootSpanId } from './span-id.ts';

/** The service could not be reached: our failure or the network's, not the agent's. */
export class AgentUnreachableError extends Error {
  override readonly name = 'AgentUnreachable';
  readonly kind = 'unavailable';
  readonly retryable = true;
  constructor(url: string, cause: string) {
    super(`the agent at ${url} cannot be reached: ${cause}; start it, or correct its url`);
  }
}

/** The service took more than its timeout, or refused, or answered what cannot be used: the agent's own failure. */
export class AgentAnswerError extends Error {
  override readonly name = 'AgentAnswer';
  readonly kind = 'refused';
  readonly retryable = false;
}

const outputs = z.record(z.string(), z.json());
const ERROR_TEXT = 300;

/**
 * Posts `{ inputs, prompts }` and takes the JSON object of the answer as outputs. The header `traceparent` carries the rollout's trace,
 * so that spans the service exports belong to it (W3C Trace Context).
 * @throws AgentUnreachableError | AgentAnswerError
 */
export async function runHttpAgent(call: AgentCall): Promise<JsonObject> {
  const { declaration, record } = call.agent;
  if (declaration.kind !== 'http') throw new TypeError(`agent ${record.name} is not an http agent`);
  const { url } = declaration;
  const timeout = AbortSignal.timeout(record.timeoutMs);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: traceparentOf(call.traceId),
      ...declaration.headers,
    },
    body: JSON.stringify({ inputs: call.inputs, prompts: call.prompts }),
    signal: timeout,
  }).catch((error: unknown) => {
    if (timeout.aborted) throw late(record.timeoutMs);
    throw new AgentUnreachableError(url, causeOf(error));
  });
  const text = await response.text().catch(() => {
    throw timeout.aborted ? late(record.timeoutMs) : new AgentAnswerError('the answer broke off');
  });
  if (!response.ok)
    throw new AgentAnswerError(
      `the agent answered ${response.status}: ${text.slice(0, ERROR_TEXT)}`,
    );
  return outputsOf(text);
}

function outputsOf(text: string): JsonObject {
  try {
    return outputs.parse(readJson(text));
  } catch {
    throw new AgentAnswerError(
      `the agent's answer is no JSON object: ${text.slice(0, ERROR_TEXT)}`,
    );
  }
}

/** Version 00, the trace, its root span, sampled: what the service does is below the rollout's root. */
const traceparentOf = (traceId: string): string => `00-${traceId}-${rootSpanId(traceId)}-01`;

const late = (ms: number): AgentAnswerError =>
  new AgentAnswerError(`the agent took more than ${ms / 1000} s`);

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
