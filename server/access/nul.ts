import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { RequestError } from '../failures.ts';

const NUL = '\0';

const refuse = (at: string): never => {
  throw new RequestError({
    status: 400,
    kind: 'invalid',
    message: 'there is a NUL character here, which no text may hold; leave it out',
    at,
  });
};

/** Refuses an address, a query or a cookie with a NUL character: no text of the database can hold one. */
export const refuseNul = (): MiddlewareHandler => async (context, next) => {
  if (holdsNul(context.req.path)) refuse('path');
  for (const [name, values] of Object.entries(context.req.queries()))
    if (name.includes(NUL) || values.some((value) => value.includes(NUL)))
      refuse(`query.${printable(name)}`);
  refuseCookies(context);
  await next();
};

function refuseCookies(context: Context): void {
  for (const [name, value] of Object.entries(getCookie(context)))
    if (`${name}${value}`.includes(NUL)) refuse(`cookie.${printable(name)}`);
}

/** A path is decoded where it is read, and may be encoded twice. */
const holdsNul = (path: string): boolean => path.includes(NUL) || /%00/.test(path);

const printable = (text: string): string => text.replaceAll(NUL, '');

/** Refuses a value, or a name, with a NUL character anywhere inside. @throws RequestError (400) with its place */
export function refuseNulIn(value: unknown, at: readonly string[] = []): void {
  if (typeof value === 'string') {
    if (value.includes(NUL)) refuse(at.join('.') || 'body');
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      if (name.includes(NUL)) refuse([...at, printable(name)].join('.'));
      refuseNulIn(part, [...at, name]);
    }
  }
}
