import { flat, nameOf, readBlocks } from './blocks.ts';
import { subjectOf } from './judge.ts';
import { isPass } from './judge-name.ts';
import { likeness } from './likeness.ts';
import { grounded, reasonsIn } from './reasons.ts';
import type { ChatRequest, Schema } from './request.ts';
import { isObject } from './request.ts';
import { inRules, ruleText } from './rule-text.ts';
import { scaleIn } from './scale.ts';
import { read } from './text.ts';

type Example = {
  readonly id: number;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly passed: boolean;
  readonly rationales: readonly string[];
};

type Guideline = { readonly text: string; readonly sources: readonly number[] };

/** Rules that a reply may hold, and cues that a rule may. */
const MOST_RULES = 12;
const MOST_CUES = 40;
/** Free reasons more alike than this are one rule. */
const SAME = 0.8;

/** Examples to distil rules from, where the request asks for guidelines with sources; null for others. */
export function readExamples(request: ChatRequest): readonly Example[] | null {
  if (request.format.kind !== 'schema' || !asks(request.format.schema, 'sources')) return null;
  const { examples } = readBlocks(request.messages.map(({ content }) => content).join('\n'));
  if (!Array.isArray(examples)) return null;
  const scale = scaleIn(request.messages.map(({ content }) => content).join('\n'));
  return examples.filter(isObject).map((example) => ({
    id: Number(example['id']),
    ...partsOf(example),
    passed: isPass(example['value'], scale),
    rationales: Array.isArray(example['rationales']) ? example['rationales'].map(flat) : [],
  }));
}

function partsOf(example: Readonly<Record<string, unknown>>): Pick<Example, 'inputs' | 'outputs'> {
  const { inputs, outputs } = subjectOf(example);
  return { inputs: inputs ?? example['case'], outputs };
}

/** Whether a schema asks for a list of guidelines with this property. */
export function asks(schema: Schema, property: string): boolean {
  const properties = schema['properties'];
  const list = isObject(properties) ? properties['guidelines'] : undefined;
  const item = isObject(list) ? list['items'] : undefined;
  const parts = isObject(item) ? item['properties'] : undefined;
  return isObject(parts) && property in parts;
}

/** One rule for each right answer, from the words that the people's reasons quote; free reasons as they are. */
export function distil(examples: readonly Example[]): string {
  const names = examples.map(({ outputs }) => nameOf(outputs)).filter((name) => name !== null);
  const known = new Set([
    ...names,
    ...examples.flatMap(({ rationales }) => rationales.flatMap(leading)),
  ]);
  const gathered = new Map<string, Map<string, Set<number>>>();
  for (const example of examples)
    for (const { answer, cue } of lessons(example, known)) {
      const cues = gathered.get(answer) ?? new Map<string, Set<number>>();
      gathered.set(answer, cues.set(cue, (cues.get(cue) ?? new Set()).add(example.id)));
    }
  const rules = [...gathered].flatMap(([answer, cues]) => rulesOf(answer, cues));
  const free = names.length === 0 ? freeRules(examples) : [];
  const guidelines = [...rules, ...free]
    .sort((a, b) => b.sources.length - a.sources.length)
    .slice(0, MOST_RULES);
  return JSON.stringify({ guidelines });
}

/** The name that a reason begins with. */
const leading = (reason: string): readonly string[] =>
  [...reason.matchAll(/^([\p{L}\p{N}][\p{L}\p{N}_.-]*):\s/gmu)].map((found) => found[1]!);

/** What a case teaches: quoted words that stand in its inputs, for an answer that agrees with its value. */
function lessons(
  { inputs, outputs, passed, rationales }: Example,
  known: ReadonlySet<string>,
): readonly { readonly answer: string; readonly cue: string }[] {
  const output = nameOf(outputs);
  const text = read(flat(inputs));
  return reasonsIn(rationales.join('\n'), known)
    .filter(({ answer }) => (answer === output) === passed)
    .flatMap(({ answer, cues }) =>
      grounded(cues, text).map((cue) => ({ answer, cue: cue.toLowerCase() })),
    );
}

function rulesOf(
  answer: string,
  cues: ReadonlyMap<string, ReadonlySet<number>>,
): readonly Guideline[] {
  const most = [...cues].sort((a, b) => b[1].size - a[1].size).slice(0, MOST_CUES);
  const names = most.map(([cue]) => cue);
  return inRules(answer, names).map((group) => {
    const ids = group.flatMap((cue) => [...cues.get(cue)!]);
    return { text: ruleText(answer, group), sources: [...new Set(ids)].sort((a, b) => a - b) };
  });
}

function freeRules(examples: readonly Example[]): readonly Guideline[] {
  const rules: { text: string; sources: number[] }[] = [];
  for (const { id, rationales } of examples)
    for (const reason of rationales.map((text) => text.trim().slice(0, 300))) {
      const twin = rules.find(({ text }) => likeness(read(text), read(reason)) > SAME);
      if (twin) twin.sources.push(id);
      else if (reason !== '') rules.push({ text: reason, sources: [id] });
    }
  return rules.map(({ text, sources }) => ({ text, sources: [...new Set(sources)] }));
}
