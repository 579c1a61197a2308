import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FAILURES, type FailureKind, kindOf, ownFailing } from '../contracts/failure.ts';
import { InvalidInputError } from '../contracts/invalid-input.ts';

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

/** Where in what was asked an error of ours lies: as it says, else the field that names what is not there. */
export function placed(error: unknown, input: Readonly<Record<string, unknown>>): unknown {
  const own = ownFailing(error);
  if (!(error instanceof Error) || own === null || own.kind === 'internal') return error;
  if (error instanceof RequestError) return error;
  const { status } = FAILURES[own.kind];
  return new RequestError({ status, kind: own.kind, ...placeOf(error, input) });
}

function placeOf(
  error: Error,
  input: Readonly<Record<string, unknown>>,
): { readonly message: string; readonly at?: string } {
  const { hint, id, index } = error as {
    readonly hint?: string | null;
    readonly id?: unknown;
    readonly index?: unknown;
  };
  const remedy = typeof hint === 'string' ? ` ${hint}` : '';
  if (error instanceof InvalidInputError) {
    const [first, ...more] = error.faults;
    const message = more.length === 0 && first !== undefined ? first.message : error.message;
    return { message: `${message}${remedy && `;${remedy}`}`, ...(first && { at: first.at }) };
  }
  const named = Object.entries(input).find(([, value]) => isNamed(value, id))?.[0];
  const at = typeof index === 'number' ? String(index) : named;
  return { message: `${error.message}${remedy && `.${remedy}`}`, ...(at !== undefined && { at }) };
}

/** A long id ends with the short one that was given. */
const isNamed = (given: unknown, id: unknown): boolean =>
  typeof given === 'string' && typeof id === 'string' && `/${id}`.endsWith(`/${given}`);

/** Errors that were not foreseen say nothing of our insides to the caller; the log has them whole. */
export function answerError(thrown: Error, context: Context): Response {
  const error = placed(thrown, {}) as Error;
  if (error instanceof RequestError)
    return context.json(
      { error: { kind: error.kind, message: error.message, at: error.at } },
      error.status,
    );
  console.error(JSON.stringify({ level: 'error', path: context.req.path, error: error.stack }));
  // The database may be away; whatever else it is, it is ours.
  const away = kindOf(error) === 'unavailable';
  const message = away
    ? 'The database does not answer; try again later.'
    : 'The server failed; its log has the details.';
  const kind = away ? 'unavailable' : 'internal';
  return context.json({ error: { kind, message, at: null } }, FAILURES[kind].status);
}
