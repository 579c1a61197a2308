import type { JudgeDefinition } from '../../contracts/judge.ts';
import { NOT_APPLICABLE, type Value } from '../../contracts/value.ts';
import { fitsType } from '../evaluate/scale.ts';
import { describeValue } from '../evaluate/value-text.ts';

/** Why a person's value is no answer to the judge's question; null when it is one. A blank text answers nothing. */
export function answerFault(judge: JudgeDefinition, value: Value): string | null {
  if (judge.notApplicable && value === NOT_APPLICABLE) return null;
  const isBlank = typeof value === 'string' && value.trim() === '';
  if (fitsType(judge.value, value) && !isBlank) return null;
  return `value ${JSON.stringify(value)} is not ${describeValue(judge)}`;
}
