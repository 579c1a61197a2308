import type { Context, MiddlewareHandler } from 'hono';
import { RequestError } from '../failures.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

/** Whether a server bound to this address is reached from its own machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host.replace(/^::1$/, '[::1]'));

/**
 * Whether a request came to a loopback name and through no proxy. A page elsewhere whose name was made to resolve to this machine
 * (DNS rebinding) names itself in `Host`.
 */
export function isLocal(context: Context): boolean {
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  return LOOPBACK.test(host) && FORWARDED.every((name) => context.req.header(name) === undefined);
}

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

function fromOwnPage(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = context.req.header('origin');
  return origin !== undefined && URL.parse(origin)?.host === context.req.header('host');
}
