import type { z } from 'zod';
import { type Fault, InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { readJson } from '../../contracts/read-json.ts';
import { readText } from './read.ts';

/** A value with the number of its line in the file. */
export type Numbered<T> = { readonly line: number; readonly value: T };

type Reading = {
  /** What a row is before it meets the schema. */
  readonly before?: (row: unknown) => unknown;
  /** The remedy when rows are refused, from the first row that was. */
  readonly remedy?: (row: unknown) => string | null;
};

/**
 * Every line of a JSONL file (or row of a JSON list) under a schema, blank lines left out.
 * @throws InvalidInputError naming each bad line: all lines are good or nothing is returned
 */
export function readJsonLines<T>(
  path: string,
  schema: z.ZodType<T>,
  { before = (row) => row, remedy = () => null }: Reading = {},
): readonly Numbered<T>[] {
  const faults: Fault[] = [];
  const rows: Numbered<T>[] = [];
  let refused: unknown;
  for (const { line, ...row } of rowsOf(path)) {
    const at = `${path}:${line}`;
    if ('fault' in row) {
      faults.push({ at, message: row.fault });
      continue;
    }
    const checked = schema.safeParse(before(row.value));
    if (checked.success) {
      rows.push({ line, value: checked.data });
      continue;
    }
    refused ??= row.value;
    for (const issue of issuesOf(checked.error, schema))
      faults.push({
        at,
        message:
          issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
      });
  }
  const help = refused === undefined ? null : remedy(refused);
  refuseFile(faults, help === null ? NOTHING : `${NOTHING} ${help}`);
  return rows;
}

/** The remedy of every file that is refused. */
export const NOTHING = 'Nothing of this file was used.';

/** A file is taken whole or not at all. @throws InvalidInputError when it has any fault */
export function refuseFile(faults: readonly Fault[], hint = NOTHING): void {
  if (faults.length > 0) throw new InvalidInputError(faults, hint);
}

type Row = { readonly line: number } & ({ readonly value: unknown } | { readonly fault: string });

function rowsOf(path: string): readonly Row[] {
  const text = readText(path);
  if (/^\s*\[/.test(text)) {
    const whole = parsed(text);
    if ('value' in whole && Array.isArray(whole.value))
      return whole.value.map((value: unknown, index) => ({ line: index + 1, value }));
  }
  return text.split(/\r\n|\n|\r/).flatMap((line, index): readonly Row[] => {
    if (line.trim() === '') return [];
    return [{ line: index + 1, ...parsed(line) }];
  });
}

function parsed(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: readJson(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The line is named by the place of the fault; the engine would call it line 1.
    return { fault: `not JSON: ${reason.replace(/ \(line \d+ column (\d+)\)/, ' (column $1)')}` };
  }
}
