import type { z } from 'zod';
import { type Fault, issuesOf } from '../../contracts/invalid-input.ts';
import { type Column, type Columns } from './columns.ts';
import { type Numbered, refuseFile } from './json-lines.ts';
import { readText } from './read.ts';
import { type Cells, readSeparated } from './separated.ts';

export type CsvReading<T> = {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** What each heading means; `at` is the place of the headings. */
  readonly columns: (headings: readonly string[], at: string) => Columns;
  /** What the text of a cell is. */
  readonly cell: (field: string, text: string) => unknown;
};

export type CsvRead<T> = {
  readonly rows: readonly Numbered<T>[];
  readonly columns: readonly Column[];
};

/**
 * Rows of a CSV file under a schema; empty cells are absent, dots of a field make objects.
 * @throws InvalidInputError naming each bad heading, else each bad line
 */
export function readCsv<T>({ path, schema, columns: meaning, cell }: CsvReading<T>): CsvRead<T> {
  const [head, ...rest] = readSeparated(path, readText(path));
  if (head === undefined) return { rows: [], columns: [] };
  const headings = head.cells.slice(0, filled(head.cells));
  const { columns, faults: bad } = meaning(headings, `${path}:${head.line}`);
  refuseFile(bad);
  const faults: Fault[] = [];
  const rows = rest.flatMap((record) => {
    const at = `${path}:${record.line}`;
    const fault = shapeFault(record, headings);
    if (fault !== null) {
      faults.push({ at, message: fault });
      return [];
    }
    const checked = schema.safeParse(objectOf(columns, record.cells, cell));
    if (checked.success) return [{ line: record.line, value: checked.data }];
    for (const issue of issuesOf(checked.error))
      faults.push({ at, message: `${issue.path.join('.')}: ${issue.message}` });
    return [];
  });
  refuseFile(faults);
  return { rows, columns: columns.filter(({ heading }) => heading !== '') };
}

/** Cells up to the last one with content: spreadsheets end lines with separators of columns that are empty. */
const filled = (cells: readonly string[]): number =>
  cells.findLastIndex((value) => value.trim() !== '') + 1;

function shapeFault({ cells }: Cells, headings: readonly string[]): string | null {
  if (cells.length < headings.length || filled(cells) > headings.length)
    return `has ${cells.length} cells where the heading has ${headings.length}`;
  const nameless = headings.findIndex(
    (heading, at) => heading.trim() === '' && cells[at]?.trim() !== '',
  );
  return nameless < 0 ? null : `has a cell in column ${nameless + 1}, which has no heading`;
}

type Fields = { [key: string]: unknown };

function objectOf(
  columns: readonly Column[],
  cells: readonly string[],
  cell: (field: string, text: string) => unknown,
): object {
  const row: Fields = {};
  for (const [index, { field }] of columns.entries()) {
    const text = cells[index] ?? '';
    if (field === null || text === '') continue;
    put(row, field, cell(field, text));
  }
  return row;
}

/** Puts a value at a path, making the objects above it; tags are flat. */
export function put(row: Fields, field: string, value: unknown): void {
  const [group = '', ...path] = field.split('.');
  const keys = group === 'tags' && path.length > 0 ? [group, path.join('.')] : [group, ...path];
  let at = row;
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(at, key)) own(at, key, {});
    at = at[key] as Fields;
  }
  own(at, keys.at(-1)!, value);
}

/** Also a key such as `__proto__` becomes a field like any other. */
const own = (object: Fields, key: string, value: unknown): void =>
  void Object.defineProperty(object, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
