/** One thing that a text says about an answer: it is right where one of the cues stands. */
export type Rule = { readonly answer: string; readonly cues: readonly string[] };

export type Rulebook = {
  readonly answers: readonly string[];
  readonly rules: readonly Rule[];
  /** Answers that a sentence says come first, in that order. */
  readonly first: readonly string[];
};

const BULLET = String.raw`\s*(?:[-*•]|\d+[.)])?\s*`;
const NAME = String.raw`[\p{L}\p{N}][\p{L}\p{N}_.-]*`;
const ARROW_LINE = new RegExp(
  `^${BULLET}(.+?)\\s*(?:->|=>|→)\\s*["'\`]?(${NAME}?)["'\`]?[.\\s]*$`,
  'u',
);
const NAMED_LINE = new RegExp(
  `^\\s*(?:[-*•]|\\d+[.)])\\s*["'\`*]*(${NAME})["'\`*]*\\s*:\\s*(.*)$`,
  'u',
);

/** No rule is longer; a line that is would only cost time. */
const LONGEST_LINE = 4_000;

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.length <= LONGEST_LINE);

/** Reads `cue -> answer`, `"cue", "cue" -> answer` and `- answer: description` lines. All other lines say nothing here. */
export function parseRules(text: string): Rulebook {
  const rules = linesOf(text).flatMap((line): Rule[] => {
    const arrow = ARROW_LINE.exec(line);
    if (arrow) return [{ answer: arrow[2]!, cues: cuesOf(arrow[1]!) }];
    const named = NAMED_LINE.exec(line);
    return named ? [{ answer: named[1]!, cues: cuesOf(named[2]!) }] : [];
  });
  const answers = [...new Set(rules.map(({ answer }) => answer))];
  return { answers, rules: [...answers.map(named), ...rules], first: firstOf(text, answers) };
}

/** The words of an answer's own name are a cue for it. */
const named = (answer: string): Rule => ({
  answer,
  cues: [answer.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll(/[_.-]+/g, ' ')],
});

/** "When several fit, A comes first, then B": the answers that such a sentence names, in its order. */
function firstOf(text: string, answers: readonly string[]): readonly string[] {
  const prose = linesOf(text).filter((line) => !NAMED_LINE.test(line) && !ARROW_LINE.test(line));
  const sentence = prose
    .join(' ')
    .split(/[.!?]\s/)
    .find((part) => /\bcomes? first\b/i.test(part));
  const words = sentence?.match(/[\p{L}\p{N}_-]+/gu) ?? [];
  return [...new Set(words.filter((word) => answers.includes(word)))];
}

/** Quoted phrases; without any, the parts between commas, colons and the word "or". */
function cuesOf(text: string): readonly string[] {
  const quoted = quotesIn(text);
  if (quoted.length > 0) return quoted;
  return text
    .split(/[,;:.()]|\bor\b/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Phrases between quotation marks, without apostrophes inside words being taken for marks. */
export function quotesIn(text: string): readonly string[] {
  const found = text.matchAll(
    /"([^"\n]{1,120})"|“([^”\n]{1,120})”|(?<![\p{L}\p{N}])['‘]((?:[^'’\n]|['’](?=\p{L})){1,120})['’](?!\p{L})/gu,
  );
  return [...found].map((m) => (m[1] ?? m[2] ?? m[3])!.trim()).filter((cue) => cue !== '');
}
