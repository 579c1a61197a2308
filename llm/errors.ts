import type { FailureKind } from '../contracts/failure.ts';
import type { Completion } from '../contracts/model.ts';

/** Where a call failed; the texts never hold the key. */
export type Failure = {
  readonly endpoint: string;
  readonly model: string;
  readonly status?: number;
  /** What the provider said. */
  readonly detail: string;
  /** The field of the request that it names apart. */
  readonly param?: string;
  readonly retryAfterMs?: number;
};

const place = (f: Failure): string =>
  `model ${f.model} at ${f.endpoint}${f.status === undefined ? '' : ` answered ${f.status}`}`;

/** A model call that gave no usable reply. `fault` is the stable word for assessments; `retryable` says that the same call may succeed later. */
export abstract class ModelError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: FailureKind;
  abstract readonly fault: string;
  abstract readonly retryable: boolean;
  readonly endpoint: string;
  readonly model: string;
  readonly status: number | null;
  readonly detail: string;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
  constructor(message: string, failure: Failure, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.endpoint = failure.endpoint;
    this.model = failure.model;
    this.status = failure.status ?? null;
    this.detail = failure.detail;
    this.param = failure.param ?? null;
    this.retryAfterMs = failure.retryAfterMs ?? null;
  }
}

/** No connection, or it broke before the reply was whole. */
export class ModelUnreachableError extends ModelError {
  override readonly name = 'ModelUnreachableError';
  readonly kind = 'unavailable';
  readonly fault = 'unreachable';
  readonly retryable = true;
  constructor(failure: Failure) {
    super(
      `${place(failure)} cannot be reached: ${failure.detail}. Check OPENAI_BASE_URL and that the server is up.`,
      failure,
    );
  }
}

/** No reply within the time allowed. */
export class ModelTimeoutError extends ModelError {
  override readonly name = 'ModelTimeoutError';
  readonly kind = 'unavailable';
  readonly fault = 'timeout';
  readonly retryable = true;
  constructor(failure: Failure) {
    super(`${place(failure)} gave no reply in time: ${failure.detail}.`, failure);
  }
}

/** 401 and 403. */
export class AuthenticationError extends ModelError {
  override readonly name = 'AuthenticationError';
  readonly kind = 'refused';
  readonly fault = 'authentication';
  readonly retryable = false;
  constructor(failure: Failure) {
    super(
      `${place(failure)}: the key was refused (${failure.detail}). Set OPENAI_API_KEY to a key that may use this model.`,
      failure,
    );
  }
}

/** 404: no such model, or no such address. */
export class ModelNotFoundError extends ModelError {
  override readonly name = 'ModelNotFoundError';
  readonly kind = 'refused';
  readonly fault = 'not-found';
  readonly retryable = false;
  constructor(failure: Failure) {
    super(
      `${place(failure)}: ${failure.detail}. Check the model's name (ATTUNE_MODEL or the spec's models) and that OPENAI_BASE_URL ends where the server expects, often in /v1.`,
      failure,
    );
  }
}

/** 429 that goes away with time. */
export class RateLimitedError extends ModelError {
  override readonly name = 'RateLimitedError';
  readonly kind = 'unavailable';
  readonly fault = 'rate-limited';
  readonly retryable = true;
  constructor(failure: Failure) {
    const wait =
      failure.retryAfterMs === undefined
        ? ''
        : ` It asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} s.`;
    super(
      `${place(failure)}: too many requests (${failure.detail}).${wait} Lower the concurrency or raise the provider's limit.`,
      failure,
    );
  }
}

/** 429 or 402 that waiting does not mend: the account has no credit left. */
export class QuotaExhaustedError extends ModelError {
  override readonly name = 'QuotaExhaustedError';
  readonly kind = 'unavailable';
  readonly fault = 'quota';
  readonly retryable = false;
  constructor(failure: Failure) {
    super(
      `${place(failure)}: the account's quota is used up (${failure.detail}). Add credit at the provider, then start again: stored replies are not paid again.`,
      failure,
    );
  }
}

/** The request is longer than the model takes: less of it may pass. */
export class ContextLengthError extends ModelError {
  override readonly name = 'ContextLengthError';
  readonly kind = 'refused';
  readonly fault = 'context-length';
  readonly retryable = false;
  /** Tokens that fit and that were sent, where the refusal says so. */
  readonly limit: number | null;
  readonly asked: number | null;
  constructor(
    failure: Failure,
    size: { readonly limit: number | null; readonly asked: number | null },
  ) {
    const fits = size.limit === null ? '' : ` It takes ${size.limit} tokens.`;
    super(
      `${place(failure)}: the request is too long for it (${failure.detail}).${fits} Shorten what is sent, or name a model with a longer context.`,
      failure,
    );
    this.limit = size.limit;
    this.asked = size.asked;
  }
}

/** The provider's filter refused what was sent: a matter of this request alone, whatever the status. */
export class ModerationError extends ModelError {
  override readonly name = 'ModerationError';
  readonly kind = 'refused';
  readonly fault = 'moderation';
  readonly retryable = false;
  constructor(failure: Failure) {
    super(
      `${place(failure)}: the provider's filter refused this request (${failure.detail}). Other requests go on; look at what this one holds.`,
      failure,
    );
  }
}

/** Any other 4xx: the request itself is refused. */
export class BadRequestError extends ModelError {
  override readonly name = 'BadRequestError';
  readonly kind = 'refused';
  readonly fault = 'bad-request';
  readonly retryable = false;
  constructor(failure: Failure) {
    super(`${place(failure)}: it refuses the request (${failure.detail}).`, failure);
  }
}

/** 408, 409 and 5xx. */
export class ProviderError extends ModelError {
  override readonly name = 'ProviderError';
  readonly kind = 'unavailable';
  readonly fault = 'provider';
  readonly retryable = true;
  constructor(failure: Failure) {
    super(
      `${place(failure)}: the server failed (${failure.detail}). Try again later, or look at the provider's status page.`,
      failure,
    );
  }
}

/** The reply is stored but is not what was asked for, also after one re-ask. */
export class ReplyFormatError extends ModelError {
  override readonly name = 'ReplyFormatError';
  readonly kind = 'refused';
  readonly fault = 'unparseable';
  readonly retryable = false;
  readonly completion: Completion;
  constructor(failure: Failure, completion: Completion) {
    const start = completion.text.slice(0, 200);
    super(
      `${place(failure)}: its reply does not fit (${failure.detail}). It began: ${JSON.stringify(start)}. Use a model that keeps to a JSON schema.`,
      failure,
    );
    this.completion = completion;
  }
}

/** The model or its filter declined to answer. */
export class ModelDeclinedError extends ModelError {
  override readonly name = 'ModelDeclinedError';
  readonly kind = 'refused';
  readonly fault = 'refused';
  readonly retryable = false;
  readonly completion: Completion;
  constructor(failure: Failure, completion: Completion) {
    super(`${place(failure)}: it declined to answer (${failure.detail}).`, failure);
    this.completion = completion;
  }
}
