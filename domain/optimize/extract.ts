import type { Violation } from './ask.ts';
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

/** What of a reflection's reply counts: how it ended, and its text without thoughts. */
export type Reflected = { readonly text: string; readonly cut: boolean };

/**
 * The text that a reply proposes, or why it proposes none: a proposal stands between fences of a reply that was finished. Prose around
 * them is left out; prose alone, a fence that is not closed and a reply that was cut are no proposals.
 */
export function proposalIn({ text, cut }: Reflected): string | Violation {
  if (cut) return none('The reply was cut before it was finished: think and write less.');
  if (strip(text) === '') return { kind: 'empty', detail: 'The reply was empty.' };
  const fences = text.split(FENCE).length - 1;
  if (fences === 0) return none('There were no ``` blocks around the new instruction.');
  if (fences === 1) return none('The ``` block of the new instruction was not closed.');
  return extractProposal(text);
}

const none = (detail: string): Violation => ({ kind: 'no-proposal', detail });
