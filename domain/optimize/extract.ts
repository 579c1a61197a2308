import { afterOpening, strip, withoutTag } from './whitespace.ts';

const FENCE = '```';

/** The proposed text of a reflection reply: from the first to the last fence, tolerant of a missing one. */
export function extractProposal(reply: string): string {
  const text = strip(reply);
  const start = text.indexOf(FENCE) + FENCE.length;
  const end = text.lastIndexOf(FENCE);
  if (end !== -1 && start < end) return strip(withoutTag(text.slice(start, end)));
  if (text.startsWith(FENCE)) return strip(afterOpening(text) ?? text);
  if (text.endsWith(FENCE)) return strip(text.slice(0, -FENCE.length));
  return text;
}
