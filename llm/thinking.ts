import { objectsIn, type Stretch } from './reply-json.ts';

/** A reply with what its model thought kept apart. */
export type Separated = { readonly text: string; readonly thinking: string };

type Pair = readonly [open: RegExp, close: RegExp];

const NAMES = String.raw`(?:seed:|longcat_|ant)?(?:think(?:ing)?|thoughts?|reasoning|scratchpad|inner_monologue)`;

/** How models mark their thoughts in the text itself. */
const PAIRS: readonly Pair[] = [
  [
    new RegExp(String.raw`<\s*${NAMES}(?:\s[^<>]*)?>`, 'i'),
    new RegExp(String.raw`<\s*/\s*${NAMES}\s*>`, 'i'),
  ],
  [/\[THINK\]/i, /\[\/THINK\]/i],
  [/◁think▷/, /◁\/think▷/],
  [/<\|begin_of_thought\|>/, /<\|end_of_thought\|>/],
  [/<\|START_THINKING\|>/, /<\|END_THINKING\|>/],
  [/<\|channel>thought/, /<channel\|>/],
];

/** Frames around the answer itself, which is what stands in them. */
const FRAMES = /<\|(?:begin|end)_of_solution\|>|<\|(?:START|END)_RESPONSE\|>/g;

/** Tags that are followed in one reply. */
const MOST_TAGS = 100;

const anyOf = (side: 0 | 1): RegExp =>
  new RegExp(PAIRS.map((pair) => `(?:${pair[side].source})`).join('|'), 'giu');
const OPEN = anyOf(0);
const CLOSE = anyOf(1);

/**
 * Takes thoughts out of a reply: channels, a block at its beginning or at that of a line, all before an end without a beginning, and all
 * after a beginning without an end. Tags that a JSON reply quotes, or that stand in code, are text.
 */
export function separateThinking(reply: string): Separated {
  const channels = fromChannels(reply);
  if (channels !== null) return channels;
  let rest = reply;
  let text = '';
  const thinking: string[] = [];
  for (let tags = 0; !isJson(text === '' ? rest : text); tags++) {
    const tag = nextTag(rest);
    if (tag === null) break;
    // So many are no thoughts of a model but an output that is made of them.
    if (tags === MOST_TAGS) return { text: '', thinking: reply };
    const before = rest.slice(0, tag.start);
    const after = rest.slice(tag.end);
    if (!tag.opens) {
      // Its beginning was in the template of the server: all before it was thought.
      thinking.push(text + before);
      text = '';
      rest = after;
    } else {
      text += before;
      const end = endOf(after);
      thinking.push(after.slice(0, end?.start ?? after.length));
      rest = end === null ? '' : after.slice(end.end);
    }
  }
  return tidy(text + rest, thinking);
}

const tidy = (text: string, thinking: readonly string[]): Separated =>
  thinking.length === 0
    ? { text, thinking: '' }
    : {
        text: text.replaceAll(FRAMES, '').trim(),
        thinking: thinking
          .map((part) => part.trim())
          .filter((part) => part !== '')
          .join('\n\n'),
      };

/** The channels of gpt-oss, whole or as servers leave them over: what is in `final` is the answer. */
function fromChannels(reply: string): Separated | null {
  if (/<\|channel\|>/.test(reply)) {
    const parts = reply.split(/<\|channel\|>/).slice(1);
    const read = parts.map((part) => {
      const [head = '', body = ''] = part.split(/<\|message\|>([\s\S]*)/);
      return {
        name: head.trim().split(/\s/)[0]!,
        body: body.replaceAll(/<\|(?:end|return|call|start)\|>(?:assistant)?/g, ''),
      };
    });
    const of = (final: boolean): string[] =>
      read.filter(({ name }) => (name === 'final') === final).map(({ body }) => body.trim());
    return { text: of(true).join('\n'), thinking: of(false).join('\n\n') };
  }
  const bare =
    /^\s*(?:analysis|commentary)(?=\S)([\s\S]*)assistant(?:commentary)?final([\s\S]*)$/.exec(reply);
  return bare === null ? null : { text: bare[2]!.trim(), thinking: bare[1]!.trim() };
}

type Tag = { readonly start: number; readonly end: number; readonly opens: boolean };

/** The next tag that speaks of thoughts and not about tags. */
function nextTag(rest: string): Tag | null {
  const words = [...codeIn(rest), ...jsonIn(rest)];
  const opening = first(rest, OPEN, (at) => !within(words, at) && startsLine(rest, at));
  const closing = first(rest, CLOSE, (at) => !within(words, at));
  if (closing !== null && (opening === null || closing.start < opening.start))
    return { ...closing, opens: false };
  return opening === null ? null : { ...opening, opens: true };
}

const startsLine = (text: string, at: number): boolean => /(^|\n)[ \t]*$/.test(text.slice(0, at));

/** Fenced blocks that are closed, and what stands in backticks on one line. */
const codeIn = (text: string): readonly Stretch[] =>
  [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));

const within = (stretches: readonly Stretch[], at: number): boolean =>
  stretches.some(({ start, end }) => at >= start && at < end);

function first(
  text: string,
  pattern: RegExp,
  counts: (at: number) => boolean,
): { readonly start: number; readonly end: number } | null {
  for (const match of text.matchAll(pattern))
    if (counts(match.index)) return { start: match.index, end: match.index + match[0].length };
  return null;
}

/** The end of a block: thoughts may open further ones. */
function endOf(text: string): { readonly start: number; readonly end: number } | null {
  let depth = 1;
  const tags = [
    ...[...text.matchAll(OPEN)].map((match) => ({ match, step: 1 })),
    ...[...text.matchAll(CLOSE)].map((match) => ({ match, step: -1 })),
  ].sort((a, b) => a.match.index - b.match.index);
  for (const { match, step } of tags) {
    depth += step;
    if (depth === 0) return { start: match.index, end: match.index + match[0].length };
  }
  // A thought that names its own tag opens no second one: the last end is the end.
  const last = tags.filter(({ step }) => step < 0).at(-1)?.match;
  return last === undefined ? null : { start: last.index, end: last.index + last[0].length };
}

/** Whether a text is JSON as it stands, alone or in one fence. */
function isJson(text: string): boolean {
  const bare = text
    .trim()
    .replace(/^```[a-z]*\s*\n([\s\S]*)\n?```$/i, '$1')
    .trim();
  if (!/^[[{]/.test(bare)) return false;
  try {
    JSON.parse(bare);
    return true;
  } catch {
    return false;
  }
}

/** Objects after such a tag, or between two, are no answer even where the tag stands in mid-line. */
export function outsideOfThinking(text: string): string {
  const json = jsonIn(text);
  let left = '';
  let at = 0;
  for (const match of text.matchAll(OPEN)) {
    if (match.index < at || within(json, match.index)) continue;
    left += text.slice(at, match.index);
    const after = match.index + match[0].length;
    const end = endOf(text.slice(after));
    at = end === null ? text.length : after + end.end;
  }
  return left + text.slice(at);
}

/** Objects that are JSON: a tag in one is quoted. */
const jsonIn = (text: string): readonly Stretch[] =>
  objectsIn(text).filter(({ start, end }) => isJson(text.slice(start, end)));
