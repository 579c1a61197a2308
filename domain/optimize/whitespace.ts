// Python's idea of white space: JavaScript's without the byte order mark, with the separators and the next-line sign.
const SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'g');
const TAG = new RegExp(`^[^${SPACE}]*\\n`);
const OPENING = new RegExp(`^\`\`\`[^${SPACE}]*\\n?`);

/** The text without white space at both ends, as Python's str.strip. */
export const strip = (text: string): string => text.replace(ENDS, '');

/** The text without a leading line that is one word, such as the tag of a fence. */
export const withoutTag = (text: string): string => text.replace(TAG, '');

/** The text after a fence it opens with, or null where it does not. */
export const afterOpening = (text: string): string | null =>
  OPENING.test(text) ? text.replace(OPENING, '') : null;
