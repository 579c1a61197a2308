import { unit } from './hash.ts';
import { reasonsIn } from './reasons.ts';
import type { ChatRequest } from './request.ts';
import { parseRules, quotesIn } from './rules.ts';

export type Reflection = {
  readonly current: string;
  readonly records: readonly Record[];
  /** Above 1 when an earlier proposal was refused. */
  readonly attempt: number;
  readonly seed: string;
};

type Record = { readonly outputs: string; readonly feedback: string };

/** Share of the lessons that one proposal takes up; which, its seed decides. */
const TAKEN = 0.85;
const MOST_WORDS = 5;
const MOST_CUES = 45;
const LONGEST = 7_500;

/** The instruction and the records of a request to improve an instruction: two fenced parts; null for others. */
export function readReflection(request: ChatRequest): Reflection | null {
  const asked = request.messages.filter(({ role }) => role === 'user');
  const text = asked.map(({ content }) => content).join('\n');
  const lines = text.split('\n');
  const fences = lines.flatMap((line, at) => (/^```\w*\s*$/.test(line) ? [at] : []));
  const first = lines.findIndex((line, at) => /^# \S/.test(line) && (fences[0] ?? at) < at);
  const open = fences[0];
  const start = fences.findLast((at) => at < first);
  const close = fences.findLast((at) => at < (start ?? 0));
  const end = fences.findLast((at) => at > first);
  if (
    first < 0 ||
    open === undefined ||
    start === undefined ||
    close === undefined ||
    end === undefined
  )
    return null;
  if (open === close) return null;
  return {
    current: lines.slice(open + 1, close).join('\n'),
    records: recordsIn(lines.slice(start + 1, end)),
    attempt: Math.max(asked.length, /could not be used/.test(text) ? 2 : 1),
    seed: request.seed,
  };
}

function recordsIn(lines: readonly string[]): readonly Record[] {
  const text = `\n${lines.join('\n')}`;
  return text.split(/\n(?=# [^#])/).flatMap((record): Record[] => {
    const parts = record.split(/\n(?=## [^#])/).map((part) => ({
      title: part.split('\n')[0]!.toLowerCase(),
      body: part.split('\n').slice(1).join('\n'),
    }));
    const body = (word: string): string =>
      parts
        .filter(({ title }) => title.startsWith('## ') && title.includes(word))
        .map((part) => part.body)
        .join('\n');
    return parts.length > 1 ? [{ outputs: body('output'), feedback: body('feedback') }] : [];
  });
}

/** The instruction with "cue -> answer" lines from the feedback added or extended; all else stays as it is. */
export function reflect(reflection: Reflection): string {
  const { current, records } = reflection;
  const outputs = records.flatMap(({ outputs: text }) =>
    text.split('\n').map((line) => line.trim()),
  );
  const known = new Set([
    ...parseRules(current).answers,
    ...outputs.filter((line) => /^[\p{L}\p{N}_.-]+$/u.test(line)),
  ]);
  const lessons = records.flatMap(({ feedback }) => reasonsIn(feedback, known));
  const byAnswer = new Map<string, string[]>();
  for (const { answer, cues } of lessons) {
    const fit = cues.filter((cue) => takes(reflection, `${answer}\n${cue}`) && isShort(cue));
    byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), ...fit]);
  }
  const next = [...byAnswer].reduce(
    (text, [answer, cues]) => extend(text, { answer, cues }),
    current,
  );
  return `\`\`\`\n${next}\n\`\`\``;
}

const takes = ({ seed, attempt }: Reflection, lesson: string): boolean =>
  unit(seed, attempt, lesson) < TAKEN;

const isShort = (cue: string): boolean =>
  cue.split(/\s+/).length <= MOST_WORDS && !cue.includes('{{') && !cue.includes('"');

/** Adds cues to the line of an answer, or a line at the end; a text that is long enough stays. */
function extend(
  text: string,
  { answer, cues }: { readonly answer: string; readonly cues: readonly string[] },
): string {
  const lines = text.split('\n');
  const at = lines.findIndex(
    (line) =>
      quotesIn(line).length > 0 && /->/.test(line) && parseRules(line).answers[0] === answer,
  );
  const old = at < 0 ? [] : quotesIn(lines[at]!);
  const added = cues.map((cue) => cue.toLowerCase()).filter((cue) => !old.includes(cue));
  const all = [...new Set([...old, ...added])].slice(0, MOST_CUES);
  if (all.length === old.length) return text;
  const line = `${all.map((cue) => `"${cue}"`).join(', ')} -> ${answer}`;
  const next = at < 0 ? [...trimmed(lines), line] : lines.with(at, line);
  return next.join('\n').length > LONGEST ? text : next.join('\n');
}

/** Without empty lines at the end. */
function trimmed(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, last + 1);
}
