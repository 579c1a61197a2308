import { NOT_APPLICABLE, type Value, type ValueType } from '../../contracts/value.ts';

/**
 * Names of the categories, best score first, equal scores by name. The order in which they were written is not used:
 * a store may not keep it, and for a scale the scores say the same.
 */
export function categoriesOf(type: ValueType & { readonly type: 'categories' }): string[] {
  return Object.entries(type.categories)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([category]) => category);
}

/** Whether values of the type lie on a scale, so that one can be nearer to another than a third. */
export function isScale(type: ValueType): boolean {
  return (
    type.type === 'integer' ||
    type.type === 'number' ||
    (type.type === 'categories' && type.ordinal)
  );
}

/** The values of a scale of few steps as text, lowest first; undefined where there is no such scale. */
export function scaleOrder(type: ValueType): readonly string[] | undefined {
  if (type.type === 'categories' && type.ordinal) return categoriesOf(type).reverse();
  if (type.type !== 'integer' || type.max - type.min > 100) return undefined;
  return Array.from({ length: type.max - type.min + 1 }, (_, at) => String(type.min + at));
}

/** Place of a value on the scale of its type (neighbours of a whole-number or category scale are 1 apart); null off the scale. */
export function placeOf(type: ValueType, value: Value): number | null {
  if (value === NOT_APPLICABLE || !isScale(type)) return null;
  if (type.type === 'categories') {
    const at = categoriesOf(type).reverse().indexOf(String(value));
    return at === -1 ? null : at;
  }
  return typeof value === 'number' ? value : null;
}

/** The declared map of values to scores in [0, 1]: null for `not applicable` and for text, which measure nothing. */
export function scoreOf(type: ValueType, value: Value): number | null {
  switch (type.type) {
    case 'boolean':
      return typeof value === 'boolean' ? Number(value === type.pass) : null;
    case 'categories':
      return Object.hasOwn(type.categories, String(value)) ? type.categories[String(value)]! : null;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? (value - type.min) / (type.max - type.min) : null;
    case 'text':
      return null;
  }
}

/** Whether a value is one of the type, as it stands. */
export function fitsType(type: ValueType, value: unknown): value is Value {
  switch (type.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'categories':
      return typeof value === 'string' && Object.hasOwn(type.categories, value);
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= type.min &&
        value <= type.max &&
        (type.type === 'number' || Number.isInteger(value))
      );
    case 'text':
      return typeof value === 'string';
  }
}
