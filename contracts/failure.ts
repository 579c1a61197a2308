/**
 * What an error means to whoever asked. One table decides what follows from it: the exit code of a command, the status of an HTTP
 * answer, and whether the same call may succeed later where the error itself does not say.
 */
export const FAILURES = {
  /** What was given cannot be read or does not fit; nothing was changed. */
  invalid: { exit: 2, status: 400, retryable: false },
  /** What was given is well formed and still may not be, as things are. */
  refused: { exit: 2, status: 422, retryable: false },
  /** What was named is not there. */
  'not-found': { exit: 2, status: 404, retryable: false },
  /** Something was moved meanwhile: look, then decide anew. */
  conflict: { exit: 3, status: 409, retryable: false },
  /** It cannot be decided now: people or figures are missing, or another phase is on. */
  undecided: { exit: 4, status: 409, retryable: false },
  /** A budget is used up. */
  spent: { exit: 5, status: 402, retryable: false },
  /** Whoever asks may not. */
  forbidden: { exit: 2, status: 403, retryable: false },
  /** A service that is needed does not answer. */
  unavailable: { exit: 1, status: 503, retryable: true },
  /** A fault of ours. */
  internal: { exit: 1, status: 500, retryable: false },
} as const satisfies Record<
  string,
  { readonly exit: number; readonly status: number; readonly retryable: boolean }
>;

export type FailureKind = keyof typeof FAILURES;

/** What every error of ours carries; in the first of `ApplicationFailure.details` it crosses Temporal. */
export type Failing = { readonly kind: FailureKind; readonly retryable: boolean };

const isKind = (value: unknown): value is FailureKind =>
  typeof value === 'string' && Object.hasOwn(FAILURES, value);

/** What an error of ours, or a failure that carries one, says of itself; null for anybody else's. Causes are not looked at. */
export function ownFailing(error: unknown): Failing | null {
  if (typeof error !== 'object' || error === null) return null;
  const { kind, retryable, details } = error as {
    readonly kind?: unknown;
    readonly retryable?: unknown;
    readonly details?: unknown;
  };
  if (isKind(kind) && typeof retryable === 'boolean') return { kind, retryable };
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  return first === undefined || first === null || Array.isArray(first) ? null : ownFailing(first);
}

/** Codes of gRPC by which Temporal says that it is away: cancelled, too late, exhausted, aborted, unavailable. */
const TRANSIENT_GRPC: ReadonlySet<number> = new Set([1, 4, 8, 10, 14]);

const isGrpcFault = (error: unknown): boolean =>
  error instanceof Error && 'details' in error && 'metadata' in error;

/** PostgreSQL states after which the same statement may succeed: connection, shutdown, serialization, deadlock. */
const TRANSIENT_STATE = /^(08...|57014|57P0[1-5]|25006|25P03|40001|40P01|53...|55P03|58...)$/;
const TRANSIENT_CODE =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;
const TRANSIENT_TEXT =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|failed to connect before the deadline|client has encountered a connection error|pool.*(ended|end)/i;

/** Whether the database, or the way to it, was away: the same work may succeed later. */
export function isTransient(error: unknown): boolean {
  const {
    name,
    code,
    message = '',
  } = (error ?? {}) as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly message?: string;
  };
  // Whoever waited for it has not ended; the work of another did.
  if (name === 'AbortError') return true;
  if (typeof code === 'number') return isGrpcFault(error) && TRANSIENT_GRPC.has(code);
  if (typeof code === 'string' && (TRANSIENT_STATE.test(code) || TRANSIENT_CODE.test(code)))
    return true;
  return TRANSIENT_TEXT.test(message);
}

/** What an error means: as it says of itself, or as the nearest of its causes does that is ours. */
export function failingOf(error: unknown): Failing {
  for (let cause = error; cause !== undefined && cause !== null; cause = causeOf(cause)) {
    const own = ownFailing(cause);
    if (own !== null) return own;
    if (isTransient(cause)) return { kind: 'unavailable', retryable: true };
  }
  return { kind: 'internal', retryable: FAILURES.internal.retryable };
}

export const kindOf = (error: unknown): FailureKind => failingOf(error).kind;

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== error ? error.cause : undefined;
