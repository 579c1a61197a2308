import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { RequestError } from './failures.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** Lets only requests with `Authorization: Bearer <token>` pass. Digests are compared, in constant time, so that lengths say nothing. */
export function requireToken(token: string): MiddlewareHandler {
  const wanted = digest(token);
  return async (context, next) => {
    const [, given] = /^Bearer\s+(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    if (given === undefined)
      throw new RequestError({
        status: 401,
        kind: 'unauthenticated',
        message:
          'Send the header `Authorization: Bearer <token>` with the token of the stack (ATTUNE_TOKEN).',
        at: 'authorization',
      });
    if (!timingSafeEqual(digest(given), wanted))
      throw new RequestError({
        status: 401,
        kind: 'unauthenticated',
        message: 'The token is not that of this stack.',
        at: 'authorization',
      });
    await next();
  };
}
