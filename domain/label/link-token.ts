import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link's token says by itself; whose it is and what it opens stands in the database under its id. */
export type LinkClaim = {
  readonly id: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly expires: number;
};

const MAC_BYTES = 16;

const macOf = (key: string, project: string, text: string): Buffer =>
  createHmac('sha256', Buffer.from(key, 'hex'))
    .update(`rater link\n${project}\n${text}`)
    .digest()
    .subarray(0, MAC_BYTES);

/** `<id>.<expiry in seconds, base 36>.<HMAC-SHA256, 128 bits>`: safe in a URL. */
export function signLink(key: string, project: string, { id, expires }: LinkClaim): string {
  const text = `${id}.${Math.floor(expires / 1_000).toString(36)}`;
  return `${text}.${macOf(key, project, text).toString('base64url')}`;
}

/** The claim of a token; null where it was not signed with the key, to the last character. */
export function readLink(key: string, project: string, token: string): LinkClaim | null {
  const [, text, mac] = /^([\w-]{1,40}\.[0-9a-z]{1,12})\.([\w-]{22})$/.exec(token) ?? [];
  if (text === undefined || mac === undefined) return null;
  const given = Buffer.from(mac, 'base64url');
  const wanted = macOf(key, project, text);
  // The last character holds spare bits: only the one spelling is the token.
  if (!timingSafeEqual(given, wanted) || given.toString('base64url') !== mac) return null;
  const [id = '', expiry = ''] = text.split('.');
  return { id, expires: Number.parseInt(expiry, 36) * 1_000 };
}
