import type { JsonObject } from '../../contracts/json.ts';
import { NOT_APPLICABLE, type ValueType } from '../../contracts/value.ts';
import { categoriesOf } from './scale.ts';

export type Answer = { readonly value: ValueType; readonly notApplicable: boolean };

/** What the value may be, in words for a model or a person. */
export function describeValue({ value, notApplicable }: Answer): string {
  const plain = describePlain(value);
  return notApplicable
    ? `${plain}, or "${NOT_APPLICABLE}" where the question does not apply`
    : plain;
}

/** JSON schema of the value. */
export function valueSchema({ value, notApplicable }: Answer): JsonObject {
  if (!notApplicable || value.type === 'text') return plainSchema(value);
  if (value.type === 'categories')
    return { type: 'string', enum: [...categoriesOf(value), NOT_APPLICABLE] };
  return { anyOf: [plainSchema(value), { type: 'string', enum: [NOT_APPLICABLE] }] };
}

function describePlain(type: ValueType): string {
  switch (type.type) {
    case 'boolean':
      return 'true or false';
    case 'categories':
      return `one of ${categoriesOf(type)
        .map((category) => JSON.stringify(category))
        .join(', ')}`;
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'text':
      return 'a text';
  }
}

function plainSchema(type: ValueType): JsonObject {
  switch (type.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'categories':
      return { type: 'string', enum: categoriesOf(type) };
    case 'integer':
    case 'number':
      return { type: type.type, minimum: type.min, maximum: type.max };
    case 'text':
      return { type: 'string' };
  }
}
