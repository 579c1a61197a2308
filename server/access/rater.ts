import type { Context, MiddlewareHandler } from 'hono';
import type { Db } from '../../db/connect.ts';
import { getLink, type RaterLink, signingKey } from '../../db/labels/links.ts';
import { readLink } from '../../domain/label/link-token.ts';
import type { Attempts } from './attempts.ts';
import { bearerOf, unauthenticated } from './token.ts';

export type RaterEnv = { Variables: { link: RaterLink } };

export type RaterAccess = {
  readonly db: Db;
  readonly project: string;
  readonly attempts: Attempts;
};

/** The link behind a rater's token. @throws RequestError (401, 429) for one that is altered, expired or revoked */
export async function openLink(
  { db, project, attempts }: RaterAccess,
  context: Context,
  token: string,
): Promise<RaterLink> {
  const claim = readLink(await signingKey(db, project), project, token);
  const link = claim === null ? null : await getLink(db, { project, id: claim.id });
  if (claim === null || link === null) {
    attempts.check(context, 'link');
    attempts.failed(context, 'link');
    throw unauthenticated(
      'This link is not complete, or was altered. Open it as you were sent it.',
    );
  }
  if (link.revokedAt !== null)
    throw unauthenticated('This link was taken back. Ask whoever sent it for another one.');
  if (Math.min(claim.expires, Date.parse(link.expiresAt)) < Date.now())
    throw unauthenticated('This link has expired. Ask whoever sent it for another one.');
  return link;
}

/** Lets only a rater's token pass, and says which session and rater it stands for. */
export function requireRater(access: RaterAccess): MiddlewareHandler<RaterEnv> {
  return async (context, next) => {
    context.set('link', await openLink(access, context, bearerOf(context)));
    await next();
  };
}
