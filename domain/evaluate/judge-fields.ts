import type { JsonObject } from '../../contracts/json.ts';
import { JUDGE_VARIABLES, type JudgeDefinition } from '../../contracts/judge.ts';
import { variablesOf } from '../../contracts/template.ts';

export type JudgeVariable = (typeof JUDGE_VARIABLES)[number];

/** The variables that a judge's instructions use, in the order in which their blocks are shown. */
export function variablesUsed(instructions: string): readonly JudgeVariable[] {
  const named = new Set(variablesOf(instructions));
  return JUDGE_VARIABLES.filter((variable) => named.has(variable));
}

/** What of a case a judge is shown: the fields its instructions use and the case has. */
export function fieldsUsed(instructions: string, available: JsonObject): JsonObject {
  return Object.fromEntries(
    variablesUsed(instructions)
      .filter((variable) => available[variable] !== undefined)
      .map((variable) => [variable, available[variable]!]),
  );
}

/** The variables that the instructions use and the case lacks: such a case cannot be judged. */
export function fieldsMissing(
  instructions: string,
  available: JsonObject,
): readonly JudgeVariable[] {
  return variablesUsed(instructions).filter((variable) => available[variable] === undefined);
}

/** What a judge asks for that a row of a dataset does not bring; a rollout always has outputs, a trace and a conversation. */
export function fieldsLacking(
  { instructions, notApplicable }: JudgeDefinition,
  row: { readonly inputs: JsonObject; readonly expectations?: JsonObject },
): readonly JudgeVariable[] {
  if (notApplicable) return [];
  const { inputs, expectations } = row;
  const there = { inputs, outputs: {}, trace: {}, conversation: [] };
  return fieldsMissing(instructions, { ...there, ...(expectations && { expectations }) });
}
