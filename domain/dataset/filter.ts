import type { Filter, Operator } from '../../contracts/filter.ts';
import type { Example } from '../../contracts/example.ts';
import { isJsonObject, type Json, textOfJson } from '../../contracts/json.ts';
import type { Part } from '../../contracts/part.ts';
import { anywhere, type Compared, numberOf, readFilter, readNumber } from '../filter.ts';
import { FilterError } from '../filter-tokens.ts';
import { type FieldPath, fieldPath, GROUPS } from './edit.ts';

/** Columns that say nothing of what a row holds. */
const PLAIN = ['id', 'conversation', 'part', 'trace'] as const;
type Plain = (typeof PLAIN)[number];

export type RowComparison = {
  readonly kind: 'row';
  /** `text` is looked for anywhere in the content. */
  readonly column: Plain | 'text' | FieldPath;
  readonly operator: Operator;
  readonly value: string;
};
export type RowFilter = Filter<RowComparison>;
export type FilteredRow = Example & { readonly part: Part };

const COLUMNS = [...PLAIN, ...GROUPS.map((group) => `${group === 'tags' ? 'tag' : group}.<name>`)];

/** Reads a filter over rows such as `tag.lang = en and not inputs.message ~ refund`. @throws FilterError naming the column */
export const parseRowFilter = (filter: string): RowFilter =>
  readFilter(filter, {
    columns: [...COLUMNS, 'text'].join(', '),
    example: 'tag.lang = en',
    read: comparisonOf,
  });

function comparisonOf(compared: Compared): RowComparison {
  const { column, operator, value } = compared;
  const wanted = columnOf(column.value);
  if (wanted === null)
    throw new FilterError(
      column.column,
      `\`${column.value}\` is no column of a row; there are ${[...COLUMNS, 'text'].join(', ')}`,
    );
  const sign = operator.value as Operator;
  if (wanted === 'text') anywhere(compared);
  const ordered = !['=', '!=', '~'].includes(sign);
  if (ordered && (typeof wanted === 'string' || wanted.group === 'tags'))
    throw new FilterError(operator.column, `\`${column.value}\` is a text: use =, != or ~`);
  if (ordered) numberOf(compared);
  return { kind: 'row', column: wanted, operator: sign, value: value.value };
}

function columnOf(name: string): RowComparison['column'] | null {
  if (name === 'text') return name;
  return PLAIN.find((plain) => plain === name) ?? fieldPath(name.replace(/^tag\./, 'tags.'));
}

/** Whether what a filter finds tells what a row holds; tags are labels of a row, not its content. */
function readsContent(filter: RowFilter): boolean {
  if (filter.kind === 'not') return readsContent(filter.part);
  if (filter.kind !== 'row') return filter.parts.some(readsContent);
  const { column } = filter;
  return column === 'text' || (typeof column === 'object' && column.group !== 'tags');
}

/** The rows that pass. Sealed ones are `kept`, not compared, where the filter reads content: what it finds would tell what they hold. */
export function selectRows<Row extends FilteredRow>(
  before: readonly Row[],
  filter: RowFilter | null,
): { readonly found: readonly Row[]; readonly kept: number } {
  if (filter === null) return { found: before, kept: 0 };
  const compared = readsContent(filter) ? before.filter((row) => row.part !== 'sealed') : before;
  return {
    found: compared.filter((row) => passes(filter, row)),
    kept: before.length - compared.length,
  };
}

/** Whether a row passes. A comparison never holds of what the row does not have; `not` of it does. */
export function passes(filter: RowFilter, row: FilteredRow): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => passes(part, row));
    case 'or':
      return filter.parts.some((part) => passes(part, row));
    case 'not':
      return !passes(filter.part, row);
    case 'row':
      return valuesOf(filter.column, row).some((value) => compares(filter, value));
  }
}

function valuesOf(column: RowComparison['column'], row: FilteredRow): readonly Json[] {
  if (column === 'text')
    return [row.inputs, row.outputs, row.expectations].filter((held) => held !== undefined);
  if (column === 'trace') return row.source === undefined ? [] : [row.source.trace];
  if (typeof column === 'string') return [row[column]];
  let at: Json | undefined = row[column.group];
  for (const key of column.keys)
    at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at === undefined ? [] : [at];
}

function compares({ operator, value: wanted }: RowComparison, value: Json): boolean {
  switch (operator) {
    case '~':
      return textOfJson(value).toLowerCase().includes(wanted.toLowerCase());
    case '=':
      return equal(value, wanted);
    case '!=':
      return !equal(value, wanted);
    case '>':
    case '>=':
    case '<':
    case '<=':
      return typeof value === 'number' && ORDERS[operator](value, Number(wanted));
  }
}

function equal(value: Json, wanted: string): boolean {
  if (typeof value === 'number') return value === readNumber(wanted);
  if (typeof value === 'boolean')
    return (value ? ['true', 'yes'] : ['false', 'no']).includes(wanted.toLowerCase());
  return textOfJson(value) === wanted;
}

const ORDERS: Readonly<
  Record<Exclude<Operator, '=' | '!=' | '~'>, (a: number, b: number) => boolean>
> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};
