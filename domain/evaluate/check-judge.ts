import { JUDGE_VARIABLES, type JudgeDefinition } from '../../contracts/judge.ts';
import { placeholderFaults, variablesOf } from '../../contracts/template.ts';
import { NOT_APPLICABLE, type ValueType } from '../../contracts/value.ts';

/** A judge definition that could not judge; every fault is named. */
export class InvalidJudgeError extends Error {
  override readonly name = 'InvalidJudgeError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly judge: string;
  readonly faults: readonly string[];

  constructor(judge: string, faults: readonly string[]) {
    super(`judge ${judge}: ${faults.join('; ')}`);
    this.judge = judge;
    this.faults = faults;
  }
}

/** Throws InvalidJudgeError where `judgeFaults` finds any. */
export function checkJudge(definition: JudgeDefinition): void {
  const faults = judgeFaults(definition);
  if (faults.length > 0) throw new InvalidJudgeError(definition.name, faults);
}

/** What a schema cannot see: unknown variables, values that could measure nothing. Sentences without a place. */
export function judgeFaults(definition: JudgeDefinition): readonly string[] {
  return [
    ...variableFaults(definition.instructions),
    ...traceFaults(definition),
    ...valueFaults(definition.value),
    ...categoryFaults(definition),
  ];
}

function variableFaults(instructions: string): string[] {
  const allowed = JUDGE_VARIABLES.map((variable) => `{{${variable}}}`).join(' ');
  const known = new Set<string>(JUDGE_VARIABLES);
  const named = variablesOf(instructions);
  const misread = placeholderFaults(instructions).map((fault) => `instructions, ${fault}`);
  if (misread.length > 0) return misread;
  if (named.length === 0)
    return [`instructions name nothing to judge; use one or more of ${allowed}`];
  return named
    .filter((variable) => !known.has(variable))
    .map((variable) => {
      const root = variable.split('.')[0]!;
      const remedy = known.has(root)
        ? `write {{${root}}} and name the part in words`
        : `use ${allowed}`;
      return `instructions name the unknown variable {{${variable}}}; ${remedy}`;
    });
}

function traceFaults({ instructions, trace }: JudgeDefinition): string[] {
  if (trace === undefined || variablesOf(instructions).includes('trace')) return [];
  return [
    'instructions do not use {{trace}}, but `trace` lets the judge read one; name it, or take `trace` out',
  ];
}

function valueFaults(type: ValueType): string[] {
  if ((type.type === 'integer' || type.type === 'number') && type.min >= type.max)
    return [`value: min ${type.min} must be below max ${type.max}`];
  if (type.type !== 'categories') return [];
  const scores = Object.values(type.categories);
  if (scores.length < 2) return ['value: give at least two categories'];
  if (new Set(scores).size === 1)
    return [`value: every category has the score ${scores[0]}, which could tell nothing apart`];
  if (type.ordinal && new Set(scores).size < scores.length)
    return ['value: ordinal categories need a score each, all different: the scores are the order'];
  return [];
}

function categoryFaults({ value: type, notApplicable }: JudgeDefinition): string[] {
  if (type.type !== 'categories') return [];
  const seen = new Map<string, string>();
  return Object.keys(type.categories).flatMap((category) => {
    const key = category.trim().toLowerCase();
    const twin = seen.get(key);
    seen.set(key, category);
    if (key === '') return ['value: a category has a blank name'];
    if (twin !== undefined)
      return [`value: categories \`${twin}\` and \`${category}\` differ in case or blanks only`];
    if (key === NOT_APPLICABLE && notApplicable)
      return [`value: \`${category}\` is a category and notApplicable is set; keep one of them`];
    return [];
  });
}
