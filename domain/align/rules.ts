import { hashText } from '../../contracts/hash.ts';
import type { Guideline } from '../../contracts/judge.ts';
import { words } from '../promote/text.ts';
import type { Distilled } from './distill-prompt.ts';

/** A rule in the making: its text and the ids of the snapshots it rests on. */
export type Rule = { readonly text: string; readonly sources: readonly string[] };

/** Why rules of the model were not used. */
export type DroppedRules = { readonly withoutSource: number; readonly unusableText: number };

/** Longer rules would be read with every verdict. */
const LONGEST_RULE = 1_000;

/** The rules of one batch: ids 1 to n name its snapshots. Those without a valid source or a usable text are counted. */
export function rulesOf(
  reply: Distilled,
  snapshots: readonly string[],
): { readonly rules: readonly Rule[]; readonly dropped: DroppedRules } {
  const read = reply.guidelines.map(({ text, sources }) => ({
    text: text.trim(),
    sources: union(
      sources.flatMap((source) => {
        const id = snapshots[ordinalOf(source) - 1];
        return id === undefined ? [] : [id];
      }),
    ),
  }));
  const usable = read.filter(({ text }) => isUsable(text));
  const rules = usable.filter(({ sources }) => sources.length > 0);
  return {
    rules,
    dropped: {
      withoutSource: usable.length - rules.length,
      unusableText: read.length - usable.length,
    },
  };
}

export function isUsable(text: string): boolean {
  return text.trim() !== '' && text.length <= LONGEST_RULE;
}

/** A whole number, also as text; NaN for anything else. */
export function ordinalOf(source: unknown): number {
  if (typeof source === 'number') return source;
  return typeof source === 'string' && /^\s*\d+\s*$/.test(source) ? Number(source) : Number.NaN;
}

/** Rules that differ in case, punctuation or small words only are one; it has the sources of all. Order of first appearance. */
export function withoutRepeats(rules: readonly Rule[]): readonly Rule[] {
  const found = new Map<string, Rule>();
  for (const rule of rules) {
    const key = tellingWords(rule.text);
    const twin = found.get(key);
    found.set(key, {
      text: twin?.text ?? rule.text,
      sources: union([...(twin?.sources ?? []), ...rule.sources]),
    });
  }
  return [...found.values()];
}

/** Most sources first, then by text: the order in which a cap keeps rules. */
export function bySupport(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted(
    (a, b) => b.sources.length - a.sources.length || (a.text < b.text ? -1 : 1),
  );
}

export function guidelineOf({ text, sources }: Rule): Guideline {
  return { id: hashText(text), text, sources: [...sources].sort() };
}

export function union(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

/** Words that change nothing in a rule; negations are not among them. */
const SMALL = new Set(
  'a an the of to for in on is are be that this it as must should shall please'.split(' '),
);

function tellingWords(text: string): string {
  const all = words(text);
  const telling = all.filter((word) => !SMALL.has(word));
  return (telling.length > 0 ? telling : all).join(' ');
}
