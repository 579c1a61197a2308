import { refuse } from '../contracts/invalid-input.ts';

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of an answer, or of each item of a list, only the fields that are named. @throws InvalidInputError for one that is not there */
export function project(answer: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || !isRow(answer)) return answer;
  const { items } = answer;
  if (!Array.isArray(items)) return only(answer, fields);
  return { ...answer, items: items.map((item) => (isRow(item) ? only(item, fields) : item)) };
}

function only(row: Row, fields: readonly string[]): Row {
  const strange = fields.find((field) => !Object.hasOwn(row, field));
  if (strange !== undefined)
    refuse('fields', `\`${strange}\` is not a field of it; it has ${Object.keys(row).join(', ')}`);
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}
