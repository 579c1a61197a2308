import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on the parts alone. */
export function unit(...parts: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(parts.join('\u0000')).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
