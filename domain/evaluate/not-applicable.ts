import type { JsonObject } from '../../contracts/json.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { fieldsMissing, variablesUsed } from './judge-fields.ts';

type Case = {
  readonly fields: JsonObject;
  /** Rules that the judge measures the case by. */
  readonly rules: readonly string[];
  /** No later row belongs to its conversation. */
  readonly last: boolean;
};

/** Why a judge has nothing to say of a case, known without asking it; null where it is asked. */
export function notApplicableBecause(definition: JudgeDefinition, at: Case): string | null {
  if (judgesSessions(definition) && !at.last)
    return 'A conversation is judged once, at its last row.';
  if (definition.exampleGuidelines === true && at.rules.length === 0)
    return 'The example brings no guidelines.';
  const lacking = fieldsMissing(definition.instructions, at.fields);
  return definition.notApplicable && lacking.length > 0
    ? `The case has no ${lacking.join(', no ')}.`
    : null;
}

/** Whether a judge looks at whole conversations: it names them, and no single turn. */
export function judgesSessions({ instructions }: JudgeDefinition): boolean {
  const used = variablesUsed(instructions);
  const ofTurn = ['inputs', 'outputs', 'trace'] as const;
  return used.includes('conversation') && !ofTurn.some((variable) => used.includes(variable));
}
