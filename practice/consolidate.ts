import { readBlocks } from './blocks.ts';
import { asks } from './distill.ts';
import { likeness } from './likeness.ts';
import { type ChatRequest, isObject } from './request.ts';
import { parseRules, quotesIn } from './rules.ts';
import { inRules, ruleText } from './rule-text.ts';
import { read } from './text.ts';

type Given = { readonly id: number; readonly text: string };
type Merged = { readonly text: string; readonly merged: readonly number[] };

const MOST_CUES = 60;
const SAME = 0.8;

/** Guidelines to put together, where the request asks which were merged; null for others. */
export function readGuidelines(request: ChatRequest): readonly Given[] | null {
  if (request.format.kind !== 'schema' || !asks(request.format.schema, 'merged')) return null;
  const { guidelines } = readBlocks(request.messages.map(({ content }) => content).join('\n'));
  if (!Array.isArray(guidelines)) return null;
  return guidelines
    .filter(isObject)
    .map((given) => ({ id: Number(given['id']), text: String(given['text']) }));
}

/** Rules for the same answer become one with the cues of all; near-equal texts become one; clashing cues are reported. */
export function consolidate(given: readonly Given[]): string {
  const groups = new Map<string, Given[]>();
  for (const rule of given) {
    const key = answerOf(rule) ?? twinOf(rule, groups) ?? `text ${rule.id}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  const guidelines = [...groups.values()].flatMap(mergeAll);
  return JSON.stringify({ guidelines, contradictions: contradictionsIn(given) });
}

/** The answer of a rule in the form of quoted cues and an arrow. */
function answerOf({ text }: Given): string | null {
  const quoted = quotesIn(text);
  const rule = parseRules(text).rules.find(({ cues }) => quoted.includes(cues[0] ?? ''));
  return rule?.answer ?? null;
}

const twinOf = (rule: Given, groups: ReadonlyMap<string, readonly Given[]>): string | null =>
  [...groups].find(([, [first]]) => likeness(read(first!.text), read(rule.text)) > SAME)?.[0] ??
  null;

function mergeAll(group: readonly Given[]): readonly Merged[] {
  const merged = group.map(({ id }) => id);
  const answer = answerOf(group[0]!);
  if (answer === null || group.length === 1) return [{ text: group[0]!.text, merged }];
  const cues = [...new Set(group.flatMap(({ text }) => quotesIn(text)))].slice(0, MOST_CUES);
  return inRules(answer, cues).map((part) => ({ text: ruleText(answer, part), merged }));
}

function contradictionsIn(given: readonly Given[]) {
  return given.flatMap((a, i) =>
    given.slice(i + 1).flatMap((b) => {
      const [left, right] = [answerOf(a), answerOf(b)];
      if (left === null || right === null || left === right) return [];
      const clash = quotesIn(a.text).find((cue) => quotesIn(b.text).includes(cue));
      if (clash === undefined) return [];
      return [
        {
          a: a.id,
          b: b.id,
          why: `'${clash}' stands for ${left} in one and for ${right} in the other`,
        },
      ];
    }),
  );
}
