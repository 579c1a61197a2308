import type { Consolidated } from './consolidate-prompt.ts';
import { bySupport, isUsable, ordinalOf, type Rule, union, withoutRepeats } from './rules.ts';

export type Contradiction = { readonly a: string; readonly b: string; readonly why: string };

export type Consolidation = {
  /** At most the cap, most sources first. */
  readonly rules: readonly Rule[];
  readonly contradictions: readonly Contradiction[];
  /** Rules of the reply that stand for none of those it was given, or have no usable text. */
  readonly unfounded: number;
  /** Rules that the reply left out: kept as they were, while the cap leaves room. */
  readonly keptAsTheyWere: number;
  readonly overCap: number;
};

/** The reply's list over the rules it was given (ids 1 to n in their order). Each rule rests on the sources of all it stands for. */
export function consolidate(of: {
  readonly rules: readonly Rule[];
  readonly reply: Consolidated;
  readonly cap: number;
}): Consolidation {
  const ruleAt = (id: unknown): Rule | undefined => of.rules[ordinalOf(id) - 1];
  const used = new Set<Rule>();
  const joined = of.reply.guidelines.flatMap(({ text, merged }) => {
    const stoodFor = merged.map(ruleAt).filter((rule) => rule !== undefined);
    if (stoodFor.length === 0 || !isUsable(text)) return [];
    for (const rule of stoodFor) used.add(rule);
    return [{ text: text.trim(), sources: union(stoodFor.flatMap(({ sources }) => sources)) }];
  });
  const left = of.rules.filter((rule) => !used.has(rule));
  const all = withoutRepeats([...bySupport(joined), ...bySupport(left)]);
  const rules = all.slice(0, of.cap);
  const leftTexts = new Set(left.map(({ text }) => text));
  return {
    rules: bySupport(rules),
    contradictions: contradictionsOf(of.reply, ruleAt),
    unfounded: of.reply.guidelines.length - joined.length,
    keptAsTheyWere: rules.filter(({ text }) => leftTexts.has(text)).length,
    overCap: all.length - rules.length,
  };
}

function contradictionsOf(
  reply: Consolidated,
  ruleAt: (id: unknown) => Rule | undefined,
): Contradiction[] {
  return reply.contradictions.flatMap(({ a, b, why }) => {
    const [first, second] = [ruleAt(a), ruleAt(b)];
    if (first === undefined || second === undefined || first === second) return [];
    return [{ a: first.text, b: second.text, why }];
  });
}
