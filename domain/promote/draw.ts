import { createHmac } from 'node:crypto';

/** HMAC-SHA256(salt, key) as hex: the fixed place of a conversation in every split. */
export function drawOf(salt: string, key: string): string {
  return createHmac('sha256', salt).update(key, 'utf8').digest('hex');
}

/** The leading 52 bits of a draw as a number in [0, 1). */
export function fractionOf(draw: string): number {
  return Number.parseInt(draw.slice(0, 13), 16) / 2 ** 52;
}
