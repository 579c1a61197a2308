import type { JsonObject } from '../../contracts/json.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { GuidelinesEntry } from '../../contracts/scorer-entry.ts';

/** The rules that a judge measures a case by before it has learned any: its own, then those of the example. */
export function rulesOf(
  { guidelines = [], exampleGuidelines }: JudgeDefinition,
  expectations: JsonObject | undefined,
): readonly string[] {
  if (exampleGuidelines !== true) return guidelines;
  const given = expectations?.['guidelines'];
  const own = typeof given === 'string' ? [given] : Array.isArray(given) ? given : [];
  return [...guidelines, ...own.filter((rule): rule is string => typeof rule === 'string')];
}

/** The judge that an entry of plain rules stands for: pass when the answer keeps them all. */
export function guidelinesJudge(entry: GuidelinesEntry): JudgeDefinition {
  const { name, guidelines, perExample, model, parameters } = entry;
  return {
    name,
    instructions: GUIDELINES_QUESTION,
    value: { type: 'boolean', pass: true },
    notApplicable: perExample,
    ...(guidelines !== undefined && { guidelines }),
    ...(perExample && { exampleGuidelines: true as const }),
    ...(model !== undefined && { model }),
    parameters,
  };
}

const GUIDELINES_QUESTION = `Does the answer in {{outputs}} to {{inputs}} keep every rule of the block <guidelines>?

Take the rules one by one and say for each whether the answer keeps it. A rule that has nothing to do with this case counts as kept. Ask nothing more of the answer than the rules do: whether it is helpful, right or well written is not the question unless a rule says so.
The value is true when every rule is kept, and false when at least one is broken.`;
