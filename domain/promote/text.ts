import type { Json } from '../../contracts/json.ts';

/** Rows under this many words are near-duplicates only when their texts are equal. */
export const SHINGLE = 5;

/** All texts of an example's inputs, one a line, in the order of their keys. */
export function inputsText(inputs: Json): string {
  return leaves(inputs).join('\n');
}

/** Lower-case words (letters and digits of any script). */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Lower-case text with every run of white space as one blank. */
export function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

function leaves(value: Json): string[] {
  if (value === null) return [];
  if (typeof value !== 'object') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, item]) => leaves(item));
}
