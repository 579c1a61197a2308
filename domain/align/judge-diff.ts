import { canonical } from '../../contracts/canonical.ts';
import type { Guideline, JudgeMemory, Snapshot } from '../../contracts/judge.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { type Json, textOfJson } from '../../contracts/json.ts';
import type { Value } from '../../contracts/value.ts';
import { lineDiff } from '../line-diff.ts';
import { overlap } from '../overlap.ts';
import { words } from '../promote/text.ts';

export type JudgeDiff = {
  /** Empty where the instructions are the same. */
  readonly instructions: string;
  /** Other parts of the definition or memory that differ, as `name: before -> after`. */
  readonly settings: readonly string[];
  readonly guidelines: {
    readonly added: readonly string[];
    readonly dropped: readonly string[];
    readonly changed: readonly { readonly before: string; readonly after: string }[];
    readonly kept: number;
  };
  readonly examples: {
    readonly added: readonly string[];
    readonly dropped: readonly string[];
    readonly changed: readonly {
      readonly item: string;
      readonly before: Value;
      readonly after: Value;
      /** What differs: value, content or reasons. */
      readonly what: readonly string[];
    }[];
    readonly kept: number;
  };
};

/** What tells two versions of a judge apart. */
export function diffJudges(before: JudgeVersion, after: JudgeVersion): JudgeDiff {
  return {
    instructions:
      before.definition.instructions === after.definition.instructions
        ? ''
        : lineDiff(before.definition.instructions, after.definition.instructions),
    settings: settingsOf(before, after),
    guidelines: guidelinesOf(before.memory, after.memory),
    examples: examplesOf(before.memory?.snapshots ?? [], after.memory?.snapshots ?? []),
  };
}

function settingsOf(before: JudgeVersion, after: JudgeVersion): readonly string[] {
  const [a, b] = [named(before), named(after)];
  return Object.keys(a)
    .filter((name) => canonical(a[name]!) !== canonical(b[name]!))
    .map((name) => `${name}: ${textOfJson(a[name]!)} -> ${textOfJson(b[name]!)}`);
}

const named = ({ definition, memory }: JudgeVersion): Readonly<Record<string, Json>> => ({
  value: definition.value,
  'not applicable': definition.notApplicable,
  model: definition.model ?? 'of the role judge',
  parameters: JSON.parse(JSON.stringify(definition.parameters)) as Json,
  'examples shown': memory?.shown ?? 0,
  embedding: memory?.embedding.model ?? 'none',
});

const texts = (rules: readonly Guideline[]): ReadonlySet<string> =>
  new Set(rules.map(({ text }) => text));

function guidelinesOf(before: JudgeMemory | null, after: JudgeMemory | null) {
  const [old, fresh] = [before?.guidelines ?? [], after?.guidelines ?? []];
  const gone = old.filter(({ text }) => !texts(fresh).has(text));
  const come = fresh.filter(({ text }) => !texts(old).has(text));
  const items = { before: itemsBySource(before), after: itemsBySource(after) };
  const changed: { before: string; after: string }[] = [];
  for (const rule of come) {
    const twin = gone
      .filter(({ text }) => !changed.some((pair) => pair.before === text))
      .map((other) => ({ other, alike: alike(other, rule, items) }))
      .filter((pair) => pair.alike >= ALIKE)
      .sort((a, b) => b.alike - a.alike)[0];
    if (twin !== undefined) changed.push({ before: twin.other.text, after: rule.text });
  }
  const paired = new Set(changed.flatMap((pair) => [pair.before, pair.after]));
  return {
    added: come.map(({ text }) => text).filter((text) => !paired.has(text)),
    dropped: gone.map(({ text }) => text).filter((text) => !paired.has(text)),
    changed,
    kept: fresh.length - come.length,
  };
}

/** From here on two rules are one that was reworded: half of their words, or of the items they rest on, are shared. */
const ALIKE = 0.5;

type Items = ReadonlyMap<string, string>;

const itemsBySource = (memory: JudgeMemory | null): Items =>
  new Map((memory?.snapshots ?? []).map(({ id, item }) => [id, item]));

function alike(
  a: Guideline,
  b: Guideline,
  items: { readonly before: Items; readonly after: Items },
): number {
  const sources = (rule: Guideline, of: Items) =>
    new Set(rule.sources.map((id) => of.get(id) ?? id));
  return Math.max(
    overlap(new Set(words(a.text)), new Set(words(b.text))) ?? 0,
    overlap(sources(a, items.before), sources(b, items.after)) ?? 0,
  );
}

function examplesOf(
  before: readonly Snapshot[],
  after: readonly Snapshot[],
): JudgeDiff['examples'] {
  const old = new Map(before.map((snapshot) => [snapshot.item, snapshot]));
  const fresh = new Map(after.map((snapshot) => [snapshot.item, snapshot]));
  const changed = after.flatMap((snapshot) => {
    const was = old.get(snapshot.item);
    const what = was === undefined ? [] : differences(was, snapshot);
    return what.length === 0
      ? []
      : [{ item: snapshot.item, before: was!.value, after: snapshot.value, what }];
  });
  const added = [...fresh.keys()].filter((item) => !old.has(item));
  return {
    added,
    dropped: [...old.keys()].filter((item) => !fresh.has(item)),
    changed,
    kept: fresh.size - added.length - changed.length,
  };
}

const differences = (a: Snapshot, b: Snapshot): readonly string[] => [
  ...(a.value === b.value ? [] : ['value']),
  ...(canonical(a.fields) === canonical(b.fields) ? [] : ['content']),
  ...(canonical([...a.rationales]) === canonical([...b.rationales]) ? [] : ['reasons']),
];
