import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { RequestError } from '../failures.ts';
import type { Attempts } from './attempts.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** Whether two tokens are equal; digests are compared, in constant time, so that lengths say nothing. */
export const sameToken = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted));

/** The token of `Authorization: Bearer <token>`. @throws RequestError (401) */
export function bearerOf(context: Context): string {
  const [, given] = /^Bearer\s+(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
  if (given !== undefined) return given;
  throw unauthenticated(
    'Send the header `Authorization: Bearer <token>` with the token of the stack (ATTUNE_TOKEN).',
  );
}

export const unauthenticated = (message: string): RequestError =>
  new RequestError({ status: 401, kind: 'forbidden', message, at: 'authorization' });

/** Lets only requests with the owner's token pass; a rater's opens nothing here. */
export function requireToken(token: string, attempts: Attempts): MiddlewareHandler {
  return async (context, next) => {
    if (!sameToken(bearerOf(context), token)) {
      attempts.check(context, 'token');
      attempts.failed(context, 'token');
      throw unauthenticated('The token is not that of this stack.');
    }
    await next();
  };
}
