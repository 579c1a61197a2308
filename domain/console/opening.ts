import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a code says that opens the console once, in a browser of this machine. */
export type Opening = {
  /** Drawn for each code, so that it can be told when it comes again. */
  readonly id: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly issued: number;
};

/** How long a code may wait to be opened. */
export const OPENS_WITHIN_MS = 3_600_000;

const MAC_BYTES = 24;

const macOf = (token: string, text: string): Buffer =>
  createHmac('sha256', token)
    .update(`opening the console\n${text}`)
    .digest()
    .subarray(0, MAC_BYTES);

/** `<id>.<second of issue, base 36>.<HMAC-SHA256 by the token of the server, 192 bits>`: safe in a URL. */
export function signOpening(token: string, { id, issued }: Opening): string {
  const text = `${id}.${Math.floor(issued / 1_000).toString(36)}`;
  return `${text}.${macOf(token, text).toString('base64url')}`;
}

/** What a code says; null where it was not signed with the token. */
export function readOpening(token: string, code: string): Opening | null {
  const [, text, mac] = /^([\w-]{16,40}\.[0-9a-z]{1,12})\.([\w-]{32})$/.exec(code) ?? [];
  if (text === undefined || mac === undefined) return null;
  if (!timingSafeEqual(Buffer.from(mac, 'base64url'), macOf(token, text))) return null;
  const [id = '', issued = ''] = text.split('.');
  return { id, issued: Number.parseInt(issued, 36) * 1_000 };
}
