import type { Context, MiddlewareHandler } from 'hono';
import { RequestError } from '../failures.ts';

/** Refuses what another site makes a browser send: anything but a read must come from a page of this server. */
export const sameOrigin = (): MiddlewareHandler => async (context, next) => {
  if (!/^(GET|HEAD)$/.test(context.req.method) && !fromOwnPage(context))
    throw new RequestError({
      status: 403,
      kind: 'forbidden',
      message: 'This request did not come from a page of this server; open the page and try again.',
      at: 'origin',
    });
  await next();
};

/** Whether a page elsewhere made the browser send this, rather than a person who went to its address. */
export function sentByAnotherSite(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site')
    return (
      context.req.header('sec-fetch-mode') !== 'navigate' ||
      context.req.header('sec-fetch-dest') !== 'document'
    );
  const origin = context.req.header('origin');
  return (
    site === undefined &&
    origin !== undefined &&
    URL.parse(origin)?.host !== context.req.header('host')
  );
}

function fromOwnPage(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = context.req.header('origin');
  return origin !== undefined && URL.parse(origin)?.host === context.req.header('host');
}
