import type { z } from 'zod';
import type { FailureKind } from '../contracts/failure.ts';
import { refusal } from '../contracts/session-view.ts';
import type { ServerAddress } from './connections.ts';
import { UnreachableError } from './errors.ts';

/** The server refused a request; the message is its own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: FailureKind;
  readonly retryable: boolean;
  readonly status: number;
  constructor(status: number, message: string) {
    super(`the server answered ${status}: ${message}`);
    this.status = status;
    this.kind = status >= 500 ? 'unavailable' : 'refused';
    this.retryable = status >= 500;
  }
}

export type ApiCall<T> = {
  readonly server: ServerAddress;
  readonly path: string;
  readonly answer: z.ZodType<T>;
  /** Present: POST. Absent: GET. */
  readonly body?: unknown;
};

/** One request to the stack's server. @throws ApiError | UnreachableError */
export async function callApi<T>({ server, path, answer, body }: ApiCall<T>): Promise<T> {
  const response = await fetch(new URL(path, server.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new UnreachableError(
      `The server at ${server.url}`,
      error,
      'npx attune doctor looks at it.',
    );
  });
  const content: unknown = await response.json().catch(() => null);
  if (response.ok) return answer.parse(content);
  const told = refusal.safeParse(content);
  throw new ApiError(response.status, told.success ? told.data.error.message : response.statusText);
}
