import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { z } from 'zod';
import { readJson } from '../../contracts/read-json.ts';

/** Who may use the console: the holder of the token, or of a one-time code that was made with it. */
export type OwnerAccess = { readonly token: string };

/** What a page of the console knows of its reader: the name that audit rows show. */
export type ConsoleEnv = { Variables: { who: string } };

const DAYS = 7;
/** Who opened the console by the link of the command line, which knows no name. */
export const LOCAL_OWNER = 'local owner';

const shape = z.object({ who: z.string().min(1), until: z.number() });
const keyOf = ({ token }: OwnerAccess): string => `owner cookie of ${token}`;
/** Cookies are shared by all ports of a machine: each stack has one of its own name. */
const cookieOf = (access: OwnerAccess): string =>
  `attune_owner_${createHash('sha256').update(keyOf(access)).digest('hex').slice(0, 8)}`;

/** The signed-in owner's name; null for a stranger. */
export async function ownerOf(context: Context, access: OwnerAccess): Promise<string | null> {
  const text = await getSignedCookie(context, keyOf(access), cookieOf(access));
  const parsed = shape.safeParse(typeof text === 'string' ? parse(text) : null);
  return parsed.success && parsed.data.until > Date.now() ? parsed.data.who : null;
}

export async function signIn(context: Context, access: OwnerAccess, who: string): Promise<void> {
  const maxAge = DAYS * 86_400;
  const value = JSON.stringify({ who, until: Date.now() + maxAge * 1_000 });
  const forwarded = context.req.header('x-forwarded-proto');
  const secure = (forwarded ?? new URL(context.req.url).protocol).startsWith('https');
  const options = { httpOnly: true, sameSite: 'Lax', path: '/', maxAge, secure } as const;
  await setSignedCookie(context, cookieOf(access), value, keyOf(access), options);
}

export const signOut = (context: Context, access: OwnerAccess): void =>
  void deleteCookie(context, cookieOf(access));

/** Sends strangers to the sign-in page, and back afterwards. */
export function requireOwner(access: OwnerAccess): MiddlewareHandler<ConsoleEnv> {
  return async (context, next) => {
    const who = await ownerOf(context, access);
    if (who === null) {
      const { pathname, search } = new URL(context.req.url);
      return context.redirect(`/login?to=${encodeURIComponent(pathname + search)}`);
    }
    context.set('who', who);
    return next();
  };
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return null;
  }
}
