import type { JudgeDefinition } from '../../contracts/judge.ts';
import { NOT_APPLICABLE, type Value, type ValueType } from '../../contracts/value.ts';

/** Why a person's value is no answer to the judge's question; null when it is one. */
export function answerFault(judge: JudgeDefinition, value: Value): string | null {
  if (judge.notApplicable && value === NOT_APPLICABLE) return null;
  const wanted = wantedText(judge.value);
  return fits(judge.value, value) ? null : `value ${JSON.stringify(value)} is not ${wanted}`;
}

function fits(type: ValueType, value: Value): boolean {
  switch (type.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'categories':
      return typeof value === 'string' && Object.hasOwn(type.categories, value);
    case 'integer':
      return Number.isInteger(value) && inside(type, value);
    case 'number':
      return typeof value === 'number' && inside(type, value);
    case 'text':
      return typeof value === 'string' && value.trim() !== '';
  }
}

const inside = (type: { readonly min: number; readonly max: number }, value: Value): boolean =>
  typeof value === 'number' && value >= type.min && value <= type.max;

function wantedText(type: ValueType): string {
  switch (type.type) {
    case 'boolean':
      return 'true or false';
    case 'categories':
      return `one of ${Object.keys(type.categories).join(', ')}`;
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'text':
      return 'a text';
  }
}
