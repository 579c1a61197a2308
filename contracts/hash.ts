import { createHash } from 'node:crypto';
import { canonical } from './canonical.ts';
import type { Json } from './json.ts';

/** SHA-256 of a text, as 64 hex digits. */
export const hashText = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex');

/** SHA-256 of the canonical JSON of a value, as 64 hex digits. */
export const hashJson = (value: Json): string => hashText(canonical(value));
