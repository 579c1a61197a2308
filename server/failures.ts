import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FAILURES, type FailureKind } from '../contracts/failure.ts';

/** A request that is answered with a 4xx and `{ error: { kind, message, at } }`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly retryable: boolean;
  readonly status: ContentfulStatusCode;
  readonly kind: FailureKind;
  /** Where in the request: a field, or the index of a label with its field. */
  readonly at: string | null;
  constructor(input: {
    readonly status: ContentfulStatusCode;
    readonly kind: FailureKind;
    readonly message: string;
    readonly at?: string;
  }) {
    super(input.message);
    this.status = input.status;
    this.kind = input.kind;
    this.retryable = FAILURES[input.kind].retryable;
    this.at = input.at ?? null;
  }
}

/** What a page was asked that cannot be done, with the field at fault. */
export const refused = (
  at: string,
  message: string,
  status: ContentfulStatusCode = 400,
): RequestError => new RequestError({ status, kind: 'invalid', message, at });

/** Errors that were not foreseen say nothing of our insides to the caller; the log has them whole. */
export function answerError(error: Error, context: Context): Response {
  if (error instanceof RequestError)
    return context.json(
      { error: { kind: error.kind, message: error.message, at: error.at } },
      error.status,
    );
  console.error(JSON.stringify({ level: 'error', path: context.req.path, error: error.stack }));
  const message = 'The server failed; its log has the details.';
  return context.json({ error: { kind: 'internal', message, at: null } }, 500);
}
